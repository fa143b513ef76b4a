import { callSafely } from "./events.ts";
import type { InFlight, Span } from "./in-flight.ts";
import type { WaitUntil } from "./options.ts";

/** What may outlive a call: late replies, undos, deletes on slow nodes. `settled()` and the call's `waitUntil` wait for it. */
export class Background {
  readonly #inFlight: InFlight;
  #open = 0;
  #onIdle: (() => void) | undefined;

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight;
  }

  /** Work begins that is over at that monotonic time at the latest. Give what this returns to `end()`. */
  begin(endsBy: number): Span {
    this.#open++;
    return this.#inFlight.begin(endsBy);
  }

  end(span: Span): void {
    this.#inFlight.end(span);
    if (--this.#open === 0) this.#onIdle?.();
  }

  /**
   * Passes unfinished work to `waitUntil`. Without `waitUntil` it continues only as long as the runtime keeps the process or request
   * alive.
   */
  passTo(waitUntil: WaitUntil): void {
    if (this.#open === 0) return;
    const work = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    callSafely(() => waitUntil(work));
  }
}

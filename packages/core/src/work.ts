import type { Clock } from "./clock.ts";

const FIRST_POLL_MS = 1;
const LAST_POLL_MS = 32;

/**
 * How much is under way, of one call or of all: late replies, undos, deletes on slow nodes. Numbers alone, no promise and no task: on
 * Workers a request may end in the middle of its work, and must then neither leave a waiter hanging nor anything for ever.
 */
export class Work {
  readonly #clock: Clock;
  readonly #whole: Work | undefined;
  /** Is called when nothing is under way any more. */
  onIdle: (() => void) | undefined;
  #open = 0;
  #endsBy = 0;

  /** `whole`: what this is a part of. */
  constructor(clock: Clock, whole?: Work) {
    this.#clock = clock;
    this.#whole = whole;
  }

  /** Something begins that is over by this monotonic time at the latest, be it that nobody says so. */
  begin(endsBy: number): void {
    this.#whole?.begin(endsBy);
    this.#open++;
    this.#endsBy = Math.max(this.#endsBy, endsBy);
  }

  end(): void {
    this.#whole?.end();
    if (--this.#open === 0) this.onIdle?.();
  }

  get isUnderWay(): boolean {
    return this.#open > 0 && this.#clock.monotonic() < this.#endsBy;
  }

  /** Resolves when nothing is under way, in any request. It asks again and again, because of the above. */
  async settled(): Promise<void> {
    for (let pause = FIRST_POLL_MS; this.isUnderWay; pause = Math.min(2 * pause, LAST_POLL_MS))
      await new Promise<void>((resolve) => this.#clock.setTimer(resolve, pause, true));
  }
}

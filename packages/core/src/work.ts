import type { Clock } from "./clock.ts";
import { survive } from "./events.ts";
import type { WaitUntil } from "./options.ts";

const POLL_MS = 5;
const SPAN_MS = 1_000;

/** Is told of what begins and ends, each by the monotonic time at which it is over at the latest. */
export interface Work {
  begin(endsBy: number): void;
  end(endsBy: number): void;
}

/**
 * How much one `Redsync` has under way, by the second in which it must be over. Numbers alone, no promise and no task: on
 * Workers a request may end in the middle of its work, and must then neither leave a waiter hanging nor anything for ever.
 */
export class Ledger implements Work {
  readonly #clock: Clock;
  readonly #open = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(endsBy: number): void {
    this.#count(endsBy, 1);
  }

  end(endsBy: number): void {
    this.#count(endsBy, -1);
  }

  /** Resolves when nothing is under way. It asks again and again, because of the above. */
  async settled(): Promise<void> {
    for (;;) {
      this.#prune();
      if ([...this.#open.values()].every((count) => count === 0)) return;
      await new Promise<void>((resolve) => this.#clock.setTimer(resolve, POLL_MS, true));
    }
  }

  #count(endsBy: number, change: number): void {
    const span = Math.ceil(endsBy / SPAN_MS);
    const count = this.#open.get(span);
    if (count === undefined) this.#prune();
    this.#open.set(span, (count ?? 0) + change);
  }

  /** What must be over, though nobody said so, belongs to a request that died. */
  #prune(): void {
    const present = this.#clock.monotonic() / SPAN_MS;
    for (const span of this.#open.keys()) if (span < present) this.#open.delete(span);
  }
}

/** What goes on for one call and may outlive it, late replies, undos, deletes on slow nodes, and who takes it over then. */
export class OwnedWork implements Work {
  readonly #ledger: Work;
  readonly #waitUntil: WaitUntil;
  #open = 0;
  #idle: (() => void) | undefined;

  constructor(ledger: Work, waitUntil: WaitUntil) {
    this.#ledger = ledger;
    this.#waitUntil = waitUntil;
  }

  begin(endsBy: number): void {
    this.#open++;
    this.#ledger.begin(endsBy);
  }

  end(endsBy: number): void {
    this.#ledger.end(endsBy);
    if (--this.#open === 0) this.#idle?.();
  }

  /** The call returns. Where the owner is gone the work goes on as well as the runtime lets it. */
  handOver(): void {
    if (this.#open === 0) return;
    const work = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    survive(() => this.#waitUntil(work));
  }
}

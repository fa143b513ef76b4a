import type { Clock } from "./clock.ts";

const POLL_MS = 5;
const SPAN_MS = 1_000;

/**
 * How much one `Redsync` has under way, by the second in which it must be over. Numbers alone, no promise and no task: on
 * Workers a request may end in the middle of its work, and must then neither leave a waiter hanging nor anything for ever.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #open = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something begins that is over at that monotonic time at the latest. What this returns is to be called when it ends. */
  begin(endsBy: number): () => void {
    const span = Math.ceil(endsBy / SPAN_MS);
    if (!this.#open.has(span)) this.#prune();
    this.#count(span, 1);
    return () => this.#count(span, -1);
  }

  /** Resolves when nothing is under way. It asks again and again, because of the above. */
  async settled(): Promise<void> {
    for (;;) {
      this.#prune();
      if ([...this.#open.values()].every((count) => count === 0)) return;
      await new Promise<void>((resolve) => this.#clock.setTimer(resolve, POLL_MS, true));
    }
  }

  #count(span: number, change: number): void {
    this.#open.set(span, (this.#open.get(span) ?? 0) + change);
  }

  /** What must be over, though nobody said so, belongs to a request that died. */
  #prune(): void {
    const present = this.#clock.monotonic() / SPAN_MS;
    for (const span of this.#open.keys()) if (span < present) this.#open.delete(span);
  }
}

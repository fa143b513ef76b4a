import type { Clock } from "./clock.ts";

const POLL_MS = 5;
const SPAN_MS = 1_000;

/** The second in which some work must be over. */
export type Span = number;

/**
 * How much work one `Redsync` has under way, by the second in which it must be over. Numbers alone, no promise and no task: on
 * Workers a request may end in the middle of its work, and must then neither leave a waiter hanging nor anything for ever.
 */
export class InFlight {
  readonly #clock: Clock;
  readonly #open = new Map<Span, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Work begins that is over at that monotonic time at the latest. Give what this returns to `end()`. */
  begin(endsBy: number): Span {
    const span = Math.ceil(endsBy / SPAN_MS);
    const open = this.#open.get(span);
    if (open === undefined) this.#prune();
    this.#open.set(span, (open ?? 0) + 1);
    return span;
  }

  end(span: Span): void {
    const open = this.#open.get(span);
    if (open !== undefined) this.#open.set(span, open - 1);
  }

  /** Resolves when nothing is under way. It asks again and again, because of the above. */
  async settled(): Promise<void> {
    for (;;) {
      this.#prune();
      if ([...this.#open.values()].every((open) => open === 0)) return;
      await new Promise<void>((resolve) => this.#clock.setTimer(resolve, POLL_MS, true));
    }
  }

  /** What must be over, though nobody reported it, belongs to a request that died. */
  #prune(): void {
    const present = this.#clock.monotonic() / SPAN_MS;
    for (const span of this.#open.keys()) if (span < present) this.#open.delete(span);
  }
}

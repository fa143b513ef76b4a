import type { Clock, Instant } from "./clock.ts";
import { survive } from "./events.ts";
import type { WaitUntil } from "./options.ts";

const POLL_MS = 5;
const SPAN_MS = 1_000;

/** Something under way: when it began, and after how many milliseconds it is over at the latest. */
interface Task {
  readonly started: Instant;
  readonly endsWithin: number;
}

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

  begin(task: Task): void {
    this.#count(task, 1);
  }

  end(task: Task): void {
    this.#count(task, -1);
  }

  /** Resolves when nothing is under way. It asks again and again, because of the above. */
  async settled(): Promise<void> {
    for (;;) {
      this.#prune();
      if (this.#open.size === 0) return;
      await new Promise<void>((resolve) => this.#clock.setTimer(resolve, POLL_MS, true));
    }
  }

  #count({ started, endsWithin }: Task, change: number): void {
    const span = Math.ceil((started.monotonic + endsWithin) / SPAN_MS);
    const count = (this.#open.get(span) ?? 0) + change;
    if (count > 0) this.#open.set(span, count);
    else this.#open.delete(span);
  }

  /** Drops what must be over, though it was never said to be: its request died. */
  #prune(): void {
    const present = this.#clock.monotonic() / SPAN_MS;
    for (const span of this.#open.keys()) if (span < present) this.#open.delete(span);
  }
}

/** What goes on for one call and may outlive it: late replies, undos, deletes on slow nodes. */
export class Work {
  readonly #ledger: Ledger;
  readonly waitUntil: WaitUntil | undefined;
  #open = 0;
  #idle: (() => void) | undefined;

  constructor(ledger: Ledger, waitUntil: WaitUntil | undefined) {
    this.#ledger = ledger;
    this.waitUntil = waitUntil;
  }

  begin(task: Task): void {
    this.#open++;
    this.#ledger.begin(task);
  }

  end(task: Task): void {
    this.#ledger.end(task);
    if (--this.#open === 0) this.#idle?.();
  }

  /** The call returns: what it leaves behind gets its owner. */
  handOver(): void {
    if (this.#open === 0 || this.waitUntil === undefined) return;
    const work = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    // Where the owner is gone the work goes on as well as the runtime lets it.
    survive(() => this.waitUntil?.(work));
  }
}

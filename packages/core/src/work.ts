import { type Clock, elapsed, type Instant } from "./clock.ts";
import type { WaitUntil } from "./options.ts";

const POLL_MS = 5;
const PRUNE_ABOVE = 256;

/** Something under way: when it began, and after how many milliseconds it is over at the latest. */
interface Task {
  readonly started: Instant;
  readonly endsWithin: number;
}

/**
 * All that one `Redsync` has under way. Data alone, no promise: on Workers a request may end in the middle of its work, and
 * must then neither leave a waiter hanging nor its entry for ever.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #tasks = new Set<Task>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(task: Task): void {
    if (this.#tasks.size > PRUNE_ABOVE) this.#prune();
    this.#tasks.add(task);
  }

  end(task: Task): void {
    this.#tasks.delete(task);
  }

  /** Resolves when nothing is under way. It asks again and again, because of the above. */
  async settled(): Promise<void> {
    for (;;) {
      this.#prune();
      if (this.#tasks.size === 0) return;
      await new Promise<void>((resolve) => this.#clock.setTimer(resolve, POLL_MS, true));
    }
  }

  /** Drops what must be over, but was never said to be: its request died. */
  #prune(): void {
    for (const task of this.#tasks)
      if (elapsed(this.#clock, task.started) > task.endsWithin) this.#tasks.delete(task);
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
    try {
      this.waitUntil(work);
    } catch {
      // The owner is gone; the work goes on as well as the runtime lets it.
    }
  }
}

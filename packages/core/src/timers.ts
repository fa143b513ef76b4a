import type { Clock } from "./clock.ts";

interface Entry {
  readonly due: number;
  readonly run: () => void;
}

/**
 * Timers of few distinct durations and many users, such as the deadlines of rounds. Entries of one duration fall due in
 * the order in which they came, so that they need one runtime timer between them, armed for the first.
 *
 * On Cloudflare Workers nothing may be shared between requests (a timer dies with its request): each entry has its own.
 */
export class Timers {
  readonly #clock: Clock;
  readonly #keepAlive: boolean;
  readonly #shared: boolean;
  readonly #queues = new Map<number, Queue>();

  constructor(clock: Clock, keepAlive: boolean, shared: boolean) {
    this.#clock = clock;
    this.#keepAlive = keepAlive;
    this.#shared = shared;
  }

  /** Calls `run` once, `ms` after the present (monotonic) time, unless the function it returns is called first. */
  after(ms: number, run: () => void, present: number = this.#clock.monotonic()): () => void {
    if (!this.#shared) {
      const timer = this.#clock.setTimer(run, ms, this.#keepAlive);
      return () => this.#clock.clearTimer(timer);
    }
    let queue = this.#queues.get(ms);
    if (queue === undefined) {
      queue = new Queue(this.#clock, this.#keepAlive, () => this.#queues.delete(ms));
      this.#queues.set(ms, queue);
    }
    return queue.add(ms, run, present);
  }
}

class Queue {
  readonly #clock: Clock;
  readonly #keepAlive: boolean;
  readonly #onIdle: () => void;
  readonly #entries = new Set<Entry>();
  #timer: unknown;

  constructor(clock: Clock, keepAlive: boolean, onIdle: () => void) {
    this.#clock = clock;
    this.#keepAlive = keepAlive;
    this.#onIdle = onIdle;
  }

  add(ms: number, run: () => void, present: number): () => void {
    const entry = { due: present + ms, run };
    this.#entries.add(entry);
    if (this.#timer === undefined) this.#arm(ms);
    return () => this.#remove(entry);
  }

  #remove(entry: Entry): void {
    if (!this.#entries.delete(entry) || this.#entries.size > 0) return;
    // An idle queue must not keep the process alive.
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#onIdle();
  }

  #arm(ms: number): void {
    this.#timer = this.#clock.setTimer(() => this.#fire(), ms, this.#keepAlive);
  }

  #fire(): void {
    this.#timer = undefined;
    const present = this.#clock.monotonic();
    for (const entry of this.#entries) {
      if (entry.due > present) {
        // Not its turn yet (or a timer that fired a fraction of a millisecond early, as Node's may). What ran before may
        // have armed the timer already, by adding an entry.
        if (this.#timer === undefined) this.#arm(Math.ceil(entry.due - present));
        return;
      }
      this.#entries.delete(entry);
      entry.run();
    }
    if (this.#timer === undefined) this.#onIdle();
  }
}

import type { Clock } from "./clock.ts";

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
    const queue =
      this.#queues.get(ms) ?? new Queue(this.#clock, this.#keepAlive, () => this.#queues.delete(ms));
    if (this.#shared) this.#queues.set(ms, queue);
    return queue.add(ms, run, present);
  }
}

/**
 * A doubly linked list of what falls due. Not a Set: one that lives long and changes fast keeps its dead tables, and so
 * what ended long ago, from the garbage collector.
 */
class Queue {
  readonly #clock: Clock;
  readonly #keepAlive: boolean;
  readonly #onIdle: () => void;
  #first: Entry | undefined;
  #last: Entry | undefined;
  #timer: unknown;
  #isFiring = false;

  constructor(clock: Clock, keepAlive: boolean, onIdle: () => void) {
    this.#clock = clock;
    this.#keepAlive = keepAlive;
    this.#onIdle = onIdle;
  }

  add(ms: number, run: () => void, present: number): () => void {
    const entry = new Entry(present + ms, run, this.#last);
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    if (this.#isFiring) return () => this.#cancel(entry);
    if (this.#timer === undefined) this.#arm(ms);
    else if (this.#first === entry && this.#keepAlive) this.#clock.keepAlive?.(this.#timer, true);
    return () => this.#cancel(entry);
  }

  #cancel(entry: Entry): void {
    if (entry.run === undefined) return;
    this.#unlink(entry);
    if (this.#first !== undefined || this.#timer === undefined) return;
    // An idle queue must not keep the process alive. Where the runtime can say so its timer stays for the next entry: one
    // lock after another would set and clear a timer each.
    if (this.#clock.keepAlive?.(this.#timer, false)) return;
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#onIdle();
  }

  /** Takes an entry out, and everything out of the entry: dead links would hold each other. */
  #unlink(entry: Entry): void {
    const { previous, next } = entry;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    entry.previous = entry.next = entry.run = undefined;
  }

  #arm(ms: number): void {
    this.#timer = this.#clock.setTimer(() => this.#fire(), ms, this.#keepAlive);
  }

  #fire(): void {
    this.#timer = undefined;
    // What runs may add entries, which are due after those that wait here: the timer is armed for the first of all.
    this.#isFiring = true;
    const present = this.#clock.monotonic();
    while (this.#first !== undefined && this.#first.due <= present) {
      const { run } = this.#first;
      this.#unlink(this.#first);
      run?.();
    }
    this.#isFiring = false;
    if (this.#first === undefined) this.#onIdle();
    // At least a millisecond: a runtime's timer may fire a fraction of one early, as Node's may.
    else this.#arm(Math.max(1, Math.ceil(this.#first.due - this.#clock.monotonic())));
  }
}

class Entry {
  readonly due: number;
  run: (() => void) | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;

  constructor(due: number, run: () => void, previous: Entry | undefined) {
    this.due = due;
    this.run = run;
    this.previous = previous;
    this.next = undefined;
  }
}

import type { Clock } from "./clock.ts";

/** How many lengths are kept: a user may draw each expiry at random. */
const MAX_QUEUES = 64;

/** What waits for a deadline. */
export interface DeadlineOwner {
  onDeadline(): void;
}

/** One deadline among others of the same length. */
export interface Deadline {
  /** When it is due, by the monotonic clock. */
  readonly due: number;
  readonly owner: DeadlineOwner;
  readonly queue: DeadlineQueue;
  previous: Deadline | undefined;
  next: Deadline | undefined;
}

/**
 * The deadlines of one `Redsync`. Those of the same length come in the order in which they began, so that they share one timer, which
 * is set for the first: a timer for each would cost more than all else that a round does when many are in flight.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #isShared: boolean;
  readonly #queues = new Map<number, DeadlineQueue>();

  /** On Workers a timer of one request dies with it: nothing is shared there. */
  constructor(clock: Clock, isShared: boolean) {
    this.#clock = clock;
    this.#isShared = isShared;
  }

  /** Tells its owner `ms` after that monotonic time, unless it is cleared before. Keeps the process alive. */
  start(startedAt: number, ms: number, owner: DeadlineOwner): Deadline {
    let queue = this.#queues.get(ms);
    if (queue === undefined) {
      queue = new DeadlineQueue(this.#clock, this.#isShared);
      if (this.#queues.size >= MAX_QUEUES) this.#queues.clear();
      if (this.#isShared) this.#queues.set(ms, queue);
    }
    return queue.add(startedAt + ms, owner);
  }
}

class DeadlineQueue {
  readonly #clock: Clock;
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  #timer: unknown;

  /** Whether the timer stays set while nothing waits for it. */
  readonly #staysSet: boolean;
  #isIdle = false;

  constructor(clock: Clock, staysSet: boolean) {
    this.#clock = clock;
    this.#staysSet = staysSet;
  }

  add(due: number, owner: DeadlineOwner): Deadline {
    const deadline: Deadline = { due, owner, queue: this, previous: this.#last, next: undefined };
    if (this.#last) this.#last.next = deadline;
    else this.#first = deadline;
    this.#last = deadline;
    if (this.#isIdle) this.#clock.setKeepAlive?.(this.#timer, true);
    this.#isIdle = false;
    this.#setTimer();
    return deadline;
  }

  /** Nothing happens at that deadline. */
  clear(deadline: Deadline): void {
    const { previous, next } = deadline;
    if (previous === undefined && this.#first !== deadline) return;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    deadline.previous = undefined;
    deadline.next = undefined;
    if (this.#first !== undefined || this.#timer === undefined) return;
    this.#isIdle = this.#staysSet && this.#clock.setKeepAlive?.(this.#timer, false) === true;
    if (this.#isIdle) return;
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  /** For the first deadline. One that was set for an earlier one stays, and looks again. */
  #setTimer(): void {
    if (this.#first === undefined || this.#timer !== undefined) return;
    const ms = Math.max(0, this.#first.due - this.#clock.monotonic());
    // Two timers: after a blocked event loop, timers run before sockets are read. The second (0 ms) lets replies that have already
    // arrived be counted before the deadline.
    const onDue = () => {
      const present = this.#clock.monotonic();
      if (this.#first === undefined) this.#timer = undefined;
      else this.#timer = this.#clock.setTimer(() => this.#run(present), 0, true);
      this.#isIdle = false;
    };
    this.#timer = this.#clock.setTimer(onDue, ms, true);
  }

  #run(present: number): void {
    this.#timer = undefined;
    this.#isIdle = false;
    for (let deadline = this.#first; deadline && deadline.due <= present; deadline = this.#first) {
      this.clear(deadline);
      deadline.owner.onDeadline();
    }
    this.#setTimer();
  }
}

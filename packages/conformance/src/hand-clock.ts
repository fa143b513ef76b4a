/** A timer as core has set it. */
interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/** A turn of the event loop, without a sleep if that can be: on a busy machine each one costs more than all that is done in it. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve);
  });

const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/**
 * What core takes its time and its timers from in a case about time: it stands until the case moves it.
 *
 * A machine that stands still, or is slow, moves it by nothing. Timers run one after the other, each only when no node is busy
 * any more and what its answers lead to is done: a node that answers is always in time, however long it takes, and only what a
 * case holds back (`gate`) is late. The servers' own clocks go on: a key that is to stay has a TTL there that outlives any case.
 */
export class HandClock {
  /** Milliseconds by which the wall clock is ahead. */
  ahead = 0;
  #time = 1_000;
  readonly #began: number = Date.now() - this.#time;
  readonly #timers = new Set<Timer>();
  readonly #isBusy: () => boolean;

  /** `isBusy` tells whether any node has yet to answer. */
  constructor(isBusy: () => boolean) {
    this.#isBusy = isBusy;
  }

  /** The clock of another machine, over the same nodes. */
  another(): HandClock {
    return new HandClock(this.#isBusy);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  monotonic(): number {
    return this.#time;
  }

  wall(): number {
    return this.#began + this.#time + this.ahead;
  }

  setTimer(run: () => void, ms: number): unknown {
    const timer = { due: this.#time + ms, run };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  /** Moves the clock on by so many milliseconds, and runs every timer that falls due until then. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    do await this.#quiet();
    while (this.#runNext(end));
    this.#time = Math.max(this.#time, end);
  }

  /** Moves the clock on, from timer to timer, until the promise settles. */
  async pass<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    promise.then(end, end);
    for (;;) {
      await this.#quiet();
      if (isOver) return promise;
      if (!this.#runNext(Number.POSITIVE_INFINITY)) await sleep();
    }
  }

  /** Runs the timer that is due next, unless it is due after `end`. */
  #runNext(end: number): boolean {
    const [next] = [...this.#timers].sort((one, other) => one.due - other.due);
    if (next === undefined || next.due > end) return false;
    this.#timers.delete(next);
    this.#time = Math.max(this.#time, next.due);
    next.run();
    return true;
  }

  /** Resolves when no node is busy, and what follows from its answers has been done: all of that is promises. */
  async #quiet(): Promise<void> {
    await turn();
    while (this.#isBusy()) await sleep();
  }
}

/** What core takes its time and its timers from, to be set wrong, and to run faster than the real one. */
export class BentClock {
  /** Milliseconds by which the wall clock is ahead. */
  ahead = 0;
  readonly #speed: number;
  readonly #began: number = Date.now();
  readonly #timers = new Set<unknown>();

  constructor(speed: number = 1) {
    this.#speed = speed;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  monotonic(): number {
    return performance.now() * this.#speed;
  }

  wall(): number {
    return this.#began + (Date.now() - this.#began) * this.#speed + this.ahead;
  }

  setTimer(run: () => void, ms: number): unknown {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms / this.#speed);
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer);
    clearTimeout(timer as number);
  }
}

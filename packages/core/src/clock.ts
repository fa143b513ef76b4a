/** Where core gets its time and its timers: injected, so that tests and the simulation can bend it. */
export interface Clock {
  /** Milliseconds that never go back, but may stand still while the machine sleeps. */
  monotonic(): number;
  /** Milliseconds since 1970, which go on through sleep, but may be set to anything. */
  wall(): number;
  /** Calls `run` once after `ms`. A timer that does not `keepAlive` lets the process end, where the runtime can say so. */
  setTimer(run: () => void, ms: number, keepAlive: boolean): unknown;
  clearTimer(timer: unknown): void;
}

/** The runtime's own clocks and timers. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  setTimer(run, ms, keepAlive) {
    const timer: { unref?: () => void } | number = setTimeout(run, ms);
    if (!keepAlive) (timer as { unref?: () => void }).unref?.();
    return timer;
  },
  clearTimer: (timer) => clearTimeout(timer as number),
};

/** A moment on both clocks. */
export class Instant {
  readonly monotonic: number;
  readonly wall: number;
  readonly #clock: Clock;

  /** The present moment. */
  constructor(clock: Clock) {
    this.monotonic = clock.monotonic();
    this.wall = clock.wall();
    this.#clock = clock;
  }

  /**
   * Milliseconds from this moment to another, by default the present: the larger of what the two clocks say. One stands still in a
   * suspended machine, the other can be set back; a lock must count the time that either of them saw.
   */
  elapsed(end: Instant = new Instant(this.#clock)): number {
    return Math.max(end.monotonic - this.monotonic, end.wall - this.wall);
  }
}

/** What core takes the time and its timers from: injected, so that tests and the simulation can bend it. */
export interface Clock {
  /** Milliseconds that never go back, but may stand still while the machine sleeps. */
  monotonic(): number;
  /** Milliseconds since 1970, which go on through sleep, but may be set to anything. */
  wall(): number;
  /** Calls `run` once after `ms`. A timer that does not `keepAlive` lets the process end, if the runtime can say so. */
  setTimer(run: () => void, ms: number, keepAlive: boolean): unknown;
  clearTimer(timer: unknown): void;
  /**
   * Whether a timer keeps the process alive can be changed, if this returns true: a timer that stays set costs less than one that is
   * cleared and set anew for every round. Without it timers are cleared.
   */
  setKeepAlive?(timer: unknown, keepAlive: boolean): boolean;
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
  setKeepAlive(timer, keepAlive) {
    const { ref, unref } = timer as { ref?: () => void; unref?: () => void };
    const change = keepAlive ? ref : unref;
    change?.call(timer);
    return change !== undefined;
  },
};

/** Multiples of it are spread evenly between whole numbers, and neighbours lie far apart. */
const GOLDEN_RATIO = 0.6180339887498949;

/**
 * A number from 0 to below 1 that nobody foresees, by the clock's microseconds. So two processes that are in step fall out of it, and a run
 * that has a clock of its own stays the same run.
 */
export function chance(clock: Clock): number {
  return (Math.floor(clock.monotonic() * 1_000) * GOLDEN_RATIO) % 1;
}

/** A moment, as both clocks had it. */
export interface Moment {
  readonly startedAt: number;
  readonly startedAtWall: number;
}

/** The present. */
export function present(clock: Clock): Moment {
  return { startedAt: clock.monotonic(), startedAtWall: clock.wall() };
}

/** The moment alone: what begins at one is as large as it is, and a lock outlives the round that granted it. */
export function copyOf({ startedAt, startedAtWall }: Moment): Moment {
  return { startedAt, startedAtWall };
}

/**
 * Milliseconds since that moment: the larger of what the two clocks say. One stands still in a suspended machine, the other can be
 * set back; a lock must count the time that either of them saw.
 */
export function elapsed(clock: Clock, since: Moment): number {
  return Math.max(clock.monotonic() - since.startedAt, clock.wall() - since.startedAtWall);
}

/** The wall clock shows whole milliseconds: between two looks it may show that much too much. */
const WALL_PRECISION_MS = 1;

/** The same from one moment to another. What is added up does not grow by what clocks are not precise enough for. */
export function between(from: Moment, to: Moment): number {
  return Math.max(to.startedAt - from.startedAt, to.startedAtWall - from.startedAtWall - WALL_PRECISION_MS);
}

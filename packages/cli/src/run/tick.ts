import { usageError } from "../status.ts";

const PLACE = "{tick}";

/** Nearer to the end of a tick than this, two machines may see different ticks. */
const MAX_DOUBT_MS = 30_000;

/** Which tick a run belongs to. */
export interface Tick {
  /** From one to the next, in ms. */
  readonly every: number;
  /** How far the ticks are behind full multiples of that in UTC, in ms. */
  readonly offset: number;
}

/**
 * Puts the tick in place of "{tick}". A machine may be early by a quarter of a tick, and late by three quarters: clocks differ, and cron
 * starts a job late rather than early.
 *
 * Throws a usage error for a time at which two machines might not agree which tick it is: the job might run twice.
 */
export function nameOf(name: string, tick: Tick | undefined, now: number): string {
  if (!name.includes(PLACE)) {
    if (tick) throw usageError(`--tick needs ${PLACE} in the name, as in report:${PLACE}`);
    return name;
  }
  if (!tick) throw usageError(`${PLACE} in the name needs --tick, such as --tick 5m`);
  const { every, offset } = tick;
  const shifted = now - offset + every / 4;
  const into = shifted - Math.floor(shifted / every) * every;
  if (Math.min(into, every - into) < Math.min(every / 20, MAX_DOUBT_MS))
    throw usageError(
      "the job starts where one tick ends and the next begins, so two machines may not agree which it is: " +
        "say with --tick-offset how far after a full tick (of UTC) it is meant to start",
    );
  const start = Math.floor(shifted / every) * every + offset;
  return name.replaceAll(PLACE, new Date(start).toISOString());
}

import { check, duration } from "./check.ts";

/** Milliseconds between two attempts: a number, or a function of the attempt that failed, from 1. */
export type RetryDelay = number | ((attempt: number) => number);

const MIN_DELAY_MS = 50;
const MAX_DELAY_MS = 250;

/** Spread evenly over 50 to 250 ms, as in go-redsync, so that contenders who collided do not meet again. */
export function randomDelay(): number {
  return MIN_DELAY_MS + Math.random() * (MAX_DELAY_MS - MIN_DELAY_MS);
}

/** The delay after attempt number `attempt`. Throws a RangeError if the user's function returns no duration. */
export function delayAfter(attempt: number, retryDelay: RetryDelay): number {
  if (typeof retryDelay === "number") return retryDelay;
  const delay = retryDelay(attempt);
  check(`retryDelay(${attempt})`, delay, duration);
  return delay;
}

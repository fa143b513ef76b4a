import type { MutexOptions } from "@redsync/core";

/** How long things take in a case. */
type Pace = {
  readonly [Option in "expiry" | "timeoutFactor" | "retryDelay"]: Exclude<MutexOptions[Option], undefined>;
};

/**
 * The pace of every case, unless it says otherwise: a round may take 10 s, and a key stays for 20 s. A machine that stands still
 * for seconds meets both.
 */
export const calm: Pace = { expiry: 20_000, timeoutFactor: 0.5, retryDelay: 10 };

/** For promises about a round's deadline, which comes long before the expiry. Only by a clock that the case moves. */
export const brisk: Pace = { expiry: 20_000, timeoutFactor: 0.05, retryDelay: 10 };

/** The deadline of a round under the `brisk` options, in ms. */
export const DEADLINE: number = brisk.expiry * brisk.timeoutFactor;

/** What passes between two extensions of a lock that renews itself, in ms, rounded up. */
export const PERIOD: number = Math.ceil(calm.expiry / 3);

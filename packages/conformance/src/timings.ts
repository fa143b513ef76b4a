import type { MutexOptions } from "@redsync/core";

/** How long things take in a case: a key stays for an expiry, and a round over the nodes may take a part of it. */
type Timings = {
  readonly [Option in "expiry" | "timeoutFactor" | "retryDelay"]: Exclude<MutexOptions[Option], undefined>;
};

/** The expiry of every case, in ms, unless it says otherwise. */
export const EXPIRY_20S = 20_000;

/** For every case, unless it says otherwise. A machine that stands still for seconds meets both. */
export const expiry20sRound10s: Timings = { expiry: EXPIRY_20S, timeoutFactor: 0.5, retryDelay: 10 };

/** For promises about a round's deadline, which comes long before the expiry. Only by a clock that the case moves. */
export const expiry20sRound1s: Timings = { expiry: EXPIRY_20S, timeoutFactor: 0.05, retryDelay: 10 };

/** When a round of `expiry20sRound1s` ends, in ms. */
export const ROUND_1S = 1_000;

/** What passes between two extensions of a lock that renews itself: a third of its 20 s, in ms, rounded up. */
export const RENEWAL_6667MS = 6_667;

import type { Redis } from "ioredis";
import { atQuorum, byHand, ofAll } from "./by-hand.ts";
import type { ContestantId, GoContestantId } from "./contestants.ts";
import type { Holder } from "./holder.ts";
import { mutexPerLock, readingTheSignal, sharedMutex, usingMutex } from "./ours.ts";
import { redisSemaphore, redlock, redlockUniversal, sesamecareRedlock } from "./peers.ts";

type MakeHolder = (clients: readonly Redis[]) => Holder | Promise<Holder>;

/** What each contestant on Node runs. */
export const holders: Readonly<Record<Exclude<ContestantId, GoContestantId>, MakeHolder>> = {
  "by-hand": (clients) => byHand(clients, ofAll),
  "by-hand-quorum": (clients) => byHand(clients, atQuorum),
  "by-hand-again": (clients) => byHand(clients, atQuorum),
  redsync: (clients) => sharedMutex(clients),
  "redsync-fail-fast": (clients) => sharedMutex(clients, { failFast: true }),
  "redsync-mutex-per-lock": mutexPerLock,
  "redsync-again": (clients) => sharedMutex(clients),
  "redsync-signal": readingTheSignal,
  "redsync-auto-extend": (clients) => sharedMutex(clients, { autoExtend: true }),
  "redsync-using": usingMutex,
  "redsync-fencing": (clients) => sharedMutex(clients, { fencing: true }),
  redlock,
  sesamecare: sesamecareRedlock,
  "redis-semaphore": redisSemaphore,
  "redlock-universal": redlockUniversal,
};

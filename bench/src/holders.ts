import type { Redis } from "ioredis";
import { atQuorum, byHand, ofAll } from "./by-hand.ts";
import type { ContestantId, GoContestantId, WaitingContestantId } from "./contestants.ts";
import { coreNewMutex, coreSharedMutex, memoryByHand } from "./core-alone.ts";
import type { Holder } from "./holder.ts";
import { autoPipelineByHand, pipelineByHand } from "./names-by-hand.ts";
import { mutexOfManyNames, newMutex, readingTheSignal, sharedMutex, usingMutex } from "./ours.ts";
import {
  redisSemaphore,
  redlock,
  redlockOfManyNames,
  redlockUniversal,
  sesamecareOfManyNames,
  sesamecareRedlock,
} from "./peers.ts";

/** Over clients, or over so many nodes inside the process. */
type MakeHolder = (clients: readonly Redis[], memoryNodes: number) => Holder | Promise<Holder>;

/** What each contestant on Node runs. */
export const holders: Readonly<
  Record<Exclude<ContestantId, GoContestantId | WaitingContestantId>, MakeHolder>
> = {
  "by-hand": (clients) => byHand(clients, ofAll),
  "by-hand-quorum": (clients) => byHand(clients, atQuorum),
  "by-hand-again": (clients) => byHand(clients, atQuorum),
  "by-hand-auto-pipelining": (clients) => byHand(clients, ofAll),
  "by-hand-auto-pipelining-quorum": (clients) => byHand(clients, atQuorum),
  redsync: (clients) => newMutex(clients),
  "redsync-shared-mutex": sharedMutex,
  "redsync-waits-for-all": (clients) => newMutex(clients, { failFast: false }),
  "redsync-again": (clients) => newMutex(clients),
  "redsync-signal": readingTheSignal,
  "redsync-auto-extend": (clients) => newMutex(clients, { autoExtend: true }),
  "redsync-using": usingMutex,
  "redsync-fencing": (clients) => newMutex(clients, { fencing: true }),
  redlock,
  sesamecare: sesamecareRedlock,
  "redis-semaphore": redisSemaphore,
  "redlock-universal": redlockUniversal,
  "names-by-hand": pipelineByHand,
  "names-by-hand-again": pipelineByHand,
  "names-by-hand-auto-pipelining": autoPipelineByHand,
  "redsync-names": mutexOfManyNames,
  "redlock-names": redlockOfManyNames,
  "sesamecare-names": sesamecareOfManyNames,
  "memory-by-hand": (_, nodes) => memoryByHand(nodes),
  "core-shared-mutex": (_, nodes) => coreSharedMutex(nodes),
  "core-new-mutex": (_, nodes) => coreNewMutex(nodes),
};

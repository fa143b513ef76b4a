import type { Peer } from "./peer.ts";
import { mutex, redlockMutex } from "./redis-semaphore.ts";
import { fork, redlock4, redlock5 } from "./redlock.ts";
import { lean, universal, universalRedlock } from "./redlock-universal.ts";
import { upstashLock } from "./upstash-lock.ts";

/** All of them, in the order of the table in docs/migrating/README.md. */
export const peers: readonly Peer[] = [
  redlock5,
  redlock4,
  fork,
  mutex,
  redlockMutex,
  universal,
  lean,
  universalRedlock,
  upstashLock,
];

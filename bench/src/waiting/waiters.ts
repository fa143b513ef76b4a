import type { ContestantId } from "../contestants.ts";

/** Somebody who waits for a lock that is taken. */
export interface Waiter {
  readonly contestant: ContestantId;
  readonly label: string;
  /** Its pauses between attempts, in place of its own, with as many tries as it takes. */
  readonly retryMs?: number;
  readonly isPeer?: true;
  /** It locks on one node only. */
  readonly only?: "one node";
  readonly go?: true;
}

/** Everybody who takes part. redis-semaphore pauses for 10 ms by itself. */
const waiters = {
  redsync: { contestant: "redsync", label: "**redsync**" },
  "redsync-polls": { contestant: "redsync-polls", label: "**redsync**, `fair: false`" },
  redlock: { contestant: "redlock", label: "redlock", isPeer: true },
  "redlock-10": { contestant: "redlock", label: "redlock, 10 ms", isPeer: true, retryMs: 10 },
  sesamecare: { contestant: "sesamecare", label: "@sesamecare-oss/redlock", isPeer: true },
  "sesamecare-10": {
    contestant: "sesamecare",
    label: "@sesamecare-oss/redlock, 10 ms",
    isPeer: true,
    retryMs: 10,
  },
  "redis-semaphore": {
    contestant: "redis-semaphore",
    label: "redis-semaphore, 10 ms by default",
    isPeer: true,
  },
  "redlock-universal": { contestant: "redlock-universal", label: "redlock-universal", isPeer: true },
  "redlock-universal-10": {
    contestant: "redlock-universal",
    label: "redlock-universal, 10 ms",
    isPeer: true,
    retryMs: 10,
  },
  verrou: { contestant: "verrou", label: "@verrou/core", isPeer: true, only: "one node" },
  "verrou-10": {
    contestant: "verrou",
    label: "@verrou/core, 10 ms",
    isPeer: true,
    only: "one node",
    retryMs: 10,
  },
  "ioredis-lock": {
    contestant: "ioredis-lock",
    label: "@microfleet/ioredis-lock",
    isPeer: true,
    only: "one node",
  },
  "ioredis-lock-10": {
    contestant: "ioredis-lock",
    label: "@microfleet/ioredis-lock, 10 ms",
    isPeer: true,
    only: "one node",
    retryMs: 10,
  },
  "go-redsync": { contestant: "go-redsync", label: "go-redsync", isPeer: true, go: true },
  "go-redsync-10": {
    contestant: "go-redsync",
    label: "go-redsync, 10 ms",
    isPeer: true,
    go: true,
    retryMs: 10,
  },
} as const satisfies Record<string, Waiter>;

export type WaiterId = keyof typeof waiters;

const ids = Object.keys(waiters) as WaiterId[];

export function waiter(id: WaiterId): Waiter {
  return waiters[id];
}

/** Everybody who can lock on this many nodes. */
export function waitersOn(nodes: number): WaiterId[] {
  return ids.filter((id) => nodes === 1 || waiter(id).only === undefined);
}

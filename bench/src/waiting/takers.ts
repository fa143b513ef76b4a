import type { Redis } from "ioredis";
import type { ContestantId } from "../contestants.ts";
import type { Assignment } from "./protocol.ts";

/** Locks a name, waiting if it is taken, and resolves with what unlocks it. */
export type Take = (name: string) => Promise<() => Promise<unknown>>;

type MakeTake = (clients: readonly Redis[], assignment: Assignment) => Promise<Take>;

/** How long a call of ours waits: longer than any round. */
const TIMEOUT_MS = 120_000;

/** How everybody on Node waits. Each imports only its own library, so that many processes start soon. */
export const takers: Readonly<Partial<Record<ContestantId, MakeTake>>> = {
  redsync: (clients, { expiryMs }) => ours(clients, { expiry: expiryMs }),
  "redsync-polls": (clients, { expiryMs }) => ours(clients, { expiry: expiryMs, fair: false }),

  async redlock(clients, assignment) {
    const { default: Redlock } = await import("redlock");
    return ofRedlock(new Redlock(clients, redlockSettings(assignment)), assignment);
  },

  async sesamecare(clients, assignment) {
    const { Redlock } = await import("@sesamecare-oss/redlock");
    return ofRedlock(new Redlock([...clients], redlockSettings(assignment)), assignment);
  },

  async "redis-semaphore"(clients, { expiryMs }) {
    const { Mutex, RedlockMutex } = await import("redis-semaphore");
    const options = { lockTimeout: expiryMs, refreshInterval: 0 };
    const [only] = clients;
    return async (name) => {
      const isAlone = clients.length === 1 && only !== undefined;
      const mutex = isAlone ? new Mutex(only, name, options) : new RedlockMutex([...clients], name, options);
      await mutex.acquire();
      return () => mutex.release();
    };
  },

  async "redlock-universal"(clients, { expiryMs: ttl, retryMs }) {
    const { createLock, createRedlock, IoredisAdapter } = await import("redlock-universal");
    const adapters = clients.map((client) => new IoredisAdapter(client));
    const [only] = adapters;
    const retries = retryMs === undefined ? {} : { retryDelay: retryMs, retryAttempts: 1_000_000 };
    return async (key) => {
      const isAlone = adapters.length === 1 && only !== undefined;
      const lock = isAlone
        ? createLock({ adapter: only, key, ttl, performance: "lean", ...retries })
        : createRedlock({ adapters, key, ttl, ...retries });
      const handle = await lock.acquire();
      return () => lock.release(handle);
    };
  },

  async verrou(clients, { expiryMs, retryMs }) {
    const { Verrou } = await import("@verrou/core");
    const { redisStore } = await import("@verrou/core/drivers/redis");
    const verrou = new Verrou({
      default: "redis",
      stores: { redis: { driver: redisStore({ connection: onlyOne(clients) }) } },
    });
    const options = retryMs === undefined ? {} : { retry: { delay: retryMs } };
    return async (name) => {
      const lock = verrou.createLock(name, expiryMs);
      if (!(await lock.acquire(options))) throw new Error("acquire() says false");
      return () => lock.release();
    };
  },

  async "ioredis-lock"(clients, { expiryMs: timeout, retryMs }) {
    const { createLock } = await import("@microfleet/ioredis-lock");
    const retries = retryMs === undefined ? {} : { delay: retryMs, retries: Number.POSITIVE_INFINITY };
    return async (name) => {
      const lock = createLock(onlyOne(clients), { timeout, ...retries });
      await lock.acquire(name);
      return () => lock.release();
    };
  },
};

async function ours(
  clients: readonly Redis[],
  options: { readonly expiry: number; readonly fair?: boolean },
): Promise<Take> {
  const { Redsync } = await import("@redsync/core");
  const { ioredisNode } = await import("@redsync/ioredis");
  const redsync = new Redsync(
    clients.map((client) => ioredisNode(client)),
    options,
  );
  return async (name) => {
    const lock = await redsync.mutex(name).lock({ timeout: TIMEOUT_MS });
    return () => lock.unlock();
  };
}

interface RedlockLike {
  on(event: "error", listener: () => void): unknown;
  acquire(resources: string[], duration: number): Promise<{ release(): Promise<unknown> }>;
}

function ofRedlock(peer: RedlockLike, { expiryMs }: Assignment): Take {
  // Without a listener every vote against us would throw.
  peer.on("error", () => {});
  return async (name) => {
    const lock = await peer.acquire([name], expiryMs);
    return () => lock.release();
  };
}

/** Its jitter is half of the pause, as by default. */
function redlockSettings({ retryMs }: Assignment): object {
  if (retryMs === undefined) return {};
  return { retryCount: -1, retryDelay: retryMs, retryJitter: retryMs / 2 };
}

function onlyOne([client]: readonly Redis[]): Redis {
  if (client === undefined) throw new TypeError("there is no client");
  return client;
}

// Holds a lock, or waits for it, until it is told by SIGTERM to stop: then it closes its `Redsync`, and ends with a status of its own.
import { EventEmitter, once } from "node:events";
import { isRedsyncError, type Lock, type RedisNode, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { nodeRedisNode } from "@redsync/node-redis";
import { Redis } from "ioredis";
import { Redis as Redis5 } from "ioredis-5";
import { createClient } from "redis";
import { jobOf, report } from "./program.ts";

/** What it ends with. */
const STATUS = 7;

export interface CloserJob {
  readonly name: string;
  readonly ports: readonly number[];
  readonly expiry: number;
  /**
   * "works": under `using()`, until it is told to finish, or the signal aborts. "deaf": for ever. "renews": a lock without a callback.
   * "waits": so many calls that wait. "inside": it closes within `using()`. "heir": it adopts what it is told.
   */
  readonly role: "works" | "deaf" | "renews" | "waits" | "inside" | "heir";
  readonly calls?: number;
  /** The `timeout` of each `close()`; one call without any by default. */
  readonly timeouts?: readonly number[];
  /** ioredis 6 by default, which listens beside its other work; ioredis 5 has a second client for that. */
  readonly through?: keyof typeof connections;
  /** Its clients are closed under it, instead of its `Redsync`. */
  readonly onlyClients?: boolean;
}

export type CloserReport =
  | { readonly type: "asks" }
  | { readonly type: "holds"; readonly value: string }
  /** How long after SIGTERM its signal aborted, in ms. */
  | { readonly type: "aborted"; readonly reason: string; readonly after: number }
  /** What a call came to: a result, or the code and the reason of its error. */
  | { readonly type: "ended"; readonly result?: unknown; readonly code?: string; readonly reason?: string }
  /** What a call that came after SIGTERM was told. */
  | { readonly type: "refused"; readonly code: string | undefined }
  | { readonly type: "closed"; readonly after: number; readonly isOnePromise: boolean };

interface Connection {
  readonly node: RedisNode;
  close(): unknown;
}

const connections = {
  "ioredis 6": async (port: number): Promise<Connection> => {
    const client = new Redis(port, { retryStrategy: () => 50 }).on("error", () => {});
    await client.ping();
    return { node: ioredisNode(client), close: () => client.disconnect() };
  },
  "ioredis 5": async (port: number): Promise<Connection> => {
    const client = new Redis5(port);
    const subscriber = client.duplicate();
    await client.ping();
    return {
      node: ioredisNode(client, { subscriber }),
      close: () => [client, subscriber].map((each) => each.disconnect()),
    };
  },
  "node-redis": async (port: number): Promise<Connection> => {
    const client = createClient({ socket: { port }, RESP: 3 }).on("error", () => {});
    await client.connect();
    return { node: nodeRedisNode(client), close: () => client.destroy() };
  },
};

const job = jobOf<CloserJob>();
const tell = (message: CloserReport) => report({ ...message });
const clients = await Promise.all(job.ports.map(connections[job.through ?? "ioredis 6"]));
const redsync = new Redsync(
  clients.map(({ node }) => node),
  { expiry: job.expiry, timeoutFactor: 0.5, autoExtend: true },
);
const mutex = redsync.mutex(job.name);
let told = performance.now();

/** What it is told meanwhile. */
export type CloserOrder =
  | { readonly type: "finish" }
  | { readonly type: "adopt"; readonly value: string }
  /** The servers were looked at: its clients may go. */
  | { readonly type: "quit" };

const orders = new EventEmitter();
process.on("message", (order: CloserOrder) => orders.emit(order.type, order));

function watch({ value, signal }: Lock): void {
  const onAbort = () =>
    tell({ type: "aborted", reason: signal.reason.reason, after: performance.now() - told });
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort);
  tell({ type: "holds", value });
}

async function ended(call: Promise<unknown>): Promise<void> {
  try {
    tell({ type: "ended", result: await call });
  } catch (error) {
    if (!isRedsyncError(error)) throw error;
    const reason = error.code === "REDSYNC_LOCK_LOST" ? error.reason : undefined;
    tell({ type: "ended", code: error.code, ...(reason && { reason }) });
  }
}

async function work(lock: Lock): Promise<string> {
  const aborted = lock.signal.aborted || once(lock.signal, "abort");
  const finish = once(orders, "finish");
  watch(lock);
  await Promise.race([aborted, finish]);
  return "written";
}

const patience = { timeout: 600_000 };
const roles: Readonly<Record<CloserJob["role"], () => Promise<unknown>>> = {
  works: () => ended(mutex.using(work, patience)),
  deaf: () => mutex.using((lock) => new Promise(() => watch(lock)), patience),
  renews: () => mutex.lock(patience).then(watch),
  async waits() {
    const waiting = Array.from({ length: job.calls ?? 1 }, () => ended(mutex.lock(patience).then(watch)));
    tell({ type: "asks" });
    await Promise.all(waiting);
  },
  inside: () =>
    ended(
      mutex.using(async (lock) => {
        void close();
        return work(lock);
      }),
    ),
  async heir() {
    const adopt = once(orders, "adopt");
    tell({ type: "asks" });
    const [{ value }] = await adopt;
    await ended(mutex.adopt(value).then(watch));
  },
};

async function close(): Promise<void> {
  const [first, ...more] = (job.timeouts ?? [undefined]).map((timeout) => redsync.close({ timeout }));
  const refused = mutex.tryLock().catch((error: unknown) => error);
  const code = await refused.then((error) => (isRedsyncError(error) ? error.code : undefined));
  tell({ type: "refused", code });
  await first;
  const isOnePromise = more.every((each) => each === first);
  tell({ type: "closed", after: performance.now() - told, isOnePromise });
}

process.exitCode = STATUS;
const isTold = once(process, "SIGTERM");
const isLookedAt = once(orders, "quit");
const done = roles[job.role]();
await isTold;
told = performance.now();
if (job.onlyClients) {
  for (const client of clients) client.close();
  await done;
} else {
  if (job.role !== "inside") await close();
  await isLookedAt;
  for (const client of clients) client.close();
}
process.disconnect();

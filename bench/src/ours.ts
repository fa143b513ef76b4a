import { type MutexOptions, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import type { Redis } from "ioredis";
import type { Holder, Pair } from "./holder.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** A mutex per name, made once and shared, as the documentation has it. */
export function sharedMutex(clients: readonly Redis[], options: MutexOptions = {}): Holder {
  const redsync = ours(clients, options);
  return (name) => {
    const mutex = redsync.mutex(name);
    return async () => expectReleased(await (await mutex.lock()).unlock());
  };
}

/** A mutex per lock, as those write it whose names come with each request. */
export function mutexPerLock(clients: readonly Redis[]): Holder {
  const redsync = ours(clients, {});
  return (name): Pair =>
    async () =>
      expectReleased(await (await redsync.mutex(name).lock()).unlock());
}

/** The safe default: it extends itself while the callback runs. */
export function usingMutex(clients: readonly Redis[]): Holder {
  const redsync = ours(clients, {});
  return (name) => {
    const mutex = redsync.mutex(name);
    return () => mutex.using(() => {});
  };
}

/** Whoever looks at the signal gets a controller, and a timer that watches the clock. */
export function readingTheSignal(clients: readonly Redis[]): Holder {
  const redsync = ours(clients, {});
  return (name) => {
    const mutex = redsync.mutex(name);
    return async () => {
      const lock = await mutex.lock();
      lock.signal.throwIfAborted();
      expectReleased(await lock.unlock());
    };
  };
}

function ours(clients: readonly Redis[], options: MutexOptions): Redsync {
  const nodes = clients.map((client) => ioredisNode(client));
  return new Redsync(nodes, { expiry: EXPIRY_MS, ...options });
}

function expectReleased(result: string): void {
  if (result !== "released") throw new Error(`unlock() says ${result}`);
}

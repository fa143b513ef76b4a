import { type Lock, type Mutex, type MutexOptions, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import type { Redis } from "ioredis";
import type { Holder } from "./holder.ts";
import { namesOf } from "./many-names.ts";
import { expectReleased } from "./released.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** A mutex for each lock, as those write it whose names come with each request. */
export function newMutex(clients: readonly Redis[], options: MutexOptions = {}): Holder {
  return locking(clients, options, (lock) => lock.unlock());
}

/** A mutex for each name, made once. */
export function sharedMutex(clients: readonly Redis[]): Holder {
  const redsync = ours(clients, {});
  return (name) => {
    const mutex = redsync.mutex(name);
    return async () => expectReleased(await (await mutex.lock()).unlock());
  };
}

/** A mutex of many names. */
export function mutexOfManyNames(clients: readonly Redis[]): Holder {
  const redsync = ours(clients, {});
  return (prefix) => {
    const names = namesOf(prefix);
    return async () => expectReleased(await (await redsync.mutex(names).lock()).unlock());
  };
}

/** The safe default: it extends itself while the callback runs. */
export function usingMutex(clients: readonly Redis[]): Holder {
  const redsync = ours(clients, {});
  return (name) => () => redsync.mutex(name).using(() => {});
}

/** Whoever looks at the signal gets a controller, and a timer that watches the clock. */
export function readingTheSignal(clients: readonly Redis[]): Holder {
  return locking(clients, {}, (lock) => {
    lock.signal.throwIfAborted();
    return lock.unlock();
  });
}

function locking(
  clients: readonly Redis[],
  options: MutexOptions,
  end: (lock: Lock) => Promise<string>,
): Holder {
  const redsync = ours(clients, options);
  return (name) => async () => {
    const mutex: Mutex = redsync.mutex(name);
    expectReleased(await end(await mutex.lock()));
  };
}

/** At quorum, unless the options say otherwise: what the default is does not matter here. */
function ours(clients: readonly Redis[], options: MutexOptions): Redsync {
  const nodes = clients.map((client) => ioredisNode(client));
  return new Redsync(nodes, { expiry: EXPIRY_MS, failFast: true, ...options });
}

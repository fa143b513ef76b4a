import { type MutexOptions, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import type { Redis } from "ioredis";
import type { Holder, Pair } from "./holder.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** A mutex per name, made once and shared, as the documentation has it. */
export function sharedMutex(clients: readonly Redis[], options: MutexOptions = {}, Core = Redsync): Holder {
  const redsync = ours(clients, options, Core);
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

/** Core that has no signal at all: what one costs that is not read. */
export async function withoutTheSignal(clients: readonly Redis[]): Promise<Holder> {
  const { coreWithout } = await import("./variants.ts");
  const code = Buffer.from(await coreWithout(["signal"], false)).toString("base64");
  const core = await import(`data:text/javascript;base64,${code}`);
  return sharedMutex(clients, {}, core.Redsync);
}

function ours(clients: readonly Redis[], options: MutexOptions, Core = Redsync): Redsync {
  const nodes = clients.map((client) => ioredisNode(client));
  return new Core(nodes, { expiry: EXPIRY_MS, ...options });
}

function expectReleased(result: string): void {
  if (result !== "released") throw new Error(`unlock() says ${result}`);
}

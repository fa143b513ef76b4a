import type { Command, RedisNode, Reply } from "@redsync/core";
import { execute } from "./commands.ts";
import { Keyspace } from "./keyspace.ts";
import { ScriptCache } from "./script.ts";

/** Options of `memoryNode`. */
export interface MemoryOptions {
  /** The node's clock, in milliseconds. Default: `performance.now()`, which nobody can set back. */
  readonly now?: () => number;
}

/** A node in this process, with the capability to subscribe. */
export type MemoryNode = Required<Pick<RedisNode, "send" | "subscribe">>;

/**
 * A Redis of a handful of commands inside this process: the default without a Redis, and a real lock as a test
 * double. Several `Redsync` may share it. What it knows is gone with the process, and no other process sees it.
 *
 * It knows what core sends, and `PING GET SET DEL EXISTS PEXPIRE PTTL RPUSH PUBLISH SCRIPT DBSIZE FLUSHALL`, with real expiry;
 * anything else is refused as a server would.
 *
 * @throws `TypeError` for unknown options, and a `now` that is no function.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(memoryNode());
 * ```
 */
export function memoryNode(options: MemoryOptions = {}): MemoryNode {
  checkOptions(options);
  const { now = () => performance.now() } = options;
  if (typeof now !== "function")
    throw new TypeError("memoryNode({ now }) expects a function that returns milliseconds");
  const listeners = new Map<string, Set<(message: string) => void>>();
  const server = {
    keys: new Keyspace(now),
    scripts: new ScriptCache(),
    publish(channel: string, message: string): number {
      const reached = [...(listeners.get(channel) ?? [])];
      // A listener is called after the publisher has its reply, and cannot harm it.
      // As core does: the fake timers of Jest hold `queueMicrotask` back.
      for (const listener of reached) void Promise.resolve().then(() => listener(message));
      return reached.length;
    },
  };
  return {
    async send([name, ...args]: Command): Promise<Reply> {
      return execute(server, name, args);
    },
    async subscribe(channel, onMessage) {
      // A function of its own, so that one listener may subscribe twice.
      const listener = (message: string) => onMessage(message);
      const audience = listeners.get(channel) ?? new Set();
      listeners.set(channel, audience.add(listener));
      return async () => {
        if (audience.delete(listener) && audience.size === 0) listeners.delete(channel);
      };
    },
  };
}

/** Refuses what is no object of options, as `names.map(memoryNode)` gives it, and options that there are not. */
function checkOptions(options: object): void {
  if (typeof options !== "object" || !options || Object.keys(options).some((name) => name !== "now"))
    throw new TypeError("memoryNode(options) expects { now } as its options, or none");
}

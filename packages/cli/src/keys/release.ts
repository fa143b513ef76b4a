import { type RedisNode, type Reply, script } from "@redsync/core";
import { queueKey } from "./keys-of-name.ts";

/** What became of a value that was to be deleted. */
export type Released = "released" | "gone" | "changed";

/**
 * Deletes a name if it still has this value, as a release of core does: the first in the queue is given the name and called. Rejects with
 * what the server refuses.
 */
export async function release(
  node: RedisNode,
  name: string,
  value: string,
  remaining: number,
): Promise<Released> {
  const queue = queueKey(name);
  // For how long the queue remembers what was released last.
  const expiry = String(Math.max(1_000, Number.isFinite(remaining) ? Math.ceil(remaining) : 0));
  const words = ["release", value, expiry];
  const withQueue = () => ask(node, name, [name, queue ?? ""], ["queue", "", ...words]);
  const alone = () => ask(node, name, [name], words);
  const reply =
    queue === undefined
      ? await alone()
      : await withQueue().catch((error) => (isAboutQueue(error) ? alone() : Promise.reject(error)));
  const [answer] = reply as Reply[];
  if (answer === 1) {
    // The queue remembers the value, for a release that is sent again. The holder's own must learn that its lock was taken.
    if (queue !== undefined) await node.send(["ZREM", queue, `=${value}`], { key: name }).catch(() => {});
    return "released";
  }
  if (answer === -1) return "gone";
  if (Array.isArray(answer)) return "changed";
  throw new Error(String(answer));
}

/** One question, by the script's digest, or its text where it is not cached. */
async function ask(
  node: RedisNode,
  key: string,
  keys: readonly string[],
  args: readonly string[],
): Promise<Reply> {
  const rest = [String(keys.length), ...keys, ...args];
  try {
    return await node.send(["EVALSHA", script.sha1, ...rest], { key });
  } catch (error) {
    if (!/^(NOSCRIPT|NOPERM)|unknown command/i.test(String((error as Error).message))) throw error;
    return node.send(["EVAL", script.lua, ...rest], { key });
  }
}

/**
 * A right may cover the name and not the queue; in a Cluster the queue may be on its way to another server. ioredis goes to and fro between
 * the two then, and gives up with words of its own.
 */
function isAboutQueue(error: unknown): boolean {
  const message = String((error as Error)?.message);
  return /^(NOPERM|CROSSSLOT)|TRYAGAIN|Too many Cluster redirections/.test(message);
}

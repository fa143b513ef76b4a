import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { freshValue } from "./fresh-value.ts";
import type { Holder, Pair } from "./holder.ts";
import { expectReleased } from "./released.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** A mutex for each name, made once, over nodes that answer at once. */
export function coreSharedMutex(nodes: number): Holder {
  const redsync = overMemory(nodes);
  return (name) => {
    const mutex = redsync.mutex(name);
    return yielding(async () => {
      expectReleased(await (await mutex.lock()).unlock());
    });
  };
}

/** A mutex for each lock, over nodes that answer at once. */
export function coreNewMutex(nodes: number): Holder {
  const redsync = overMemory(nodes);
  return (name) =>
    yielding(async () => {
      expectReleased(await (await redsync.mutex(name).lock()).unlock());
    });
}

/** Two commands to each node, and nothing else: what of the above is the nodes' own work, and that of the promises. */
export function memoryByHand(count: number): Holder {
  const nodes = Array.from({ length: count }, () => memoryNode());
  const expiry = String(EXPIRY_MS);
  return (name) =>
    yielding(async () => {
      const value = freshValue();
      await Promise.all(nodes.map((node) => node.send(["SET", name, value, "PX", expiry, "NX"])));
      await Promise.all(nodes.map((node) => node.send(["DEL", name])));
    });
}

function overMemory(count: number): Redsync {
  const nodes = Array.from({ length: count }, () => memoryNode());
  return new Redsync(nodes, { expiry: EXPIRY_MS, failFast: true });
}

const PAIRS_PER_TURN = 50;

/** Nodes that answer at once would never let a timer, or anything else that is due, have its turn. */
function yielding(pair: Pair): Pair {
  let done = 0;
  return async () => {
    await pair();
    if (++done % PAIRS_PER_TURN === 0) await new Promise(setImmediate);
  };
}

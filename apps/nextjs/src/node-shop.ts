import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import type { Shop } from "./pay";

interface NodeShop extends Shop {
  readonly redis: Redis;
}

// One for the process: the dev server loads this module anew whenever it has changed, and what Next builds may have it in several bundles.
const processWide = globalThis as { shop?: NodeShop };

/** The shop on the Node runtime. Nothing is connected before `startNodeShop()`: `next build` loads this as well. */
export function nodeShop(): NodeShop {
  processWide.shop ??= openShop();
  return processWide.shop;
}

/** Connects it, before any request is served, and closes it when the process is to stop. */
export async function startNodeShop(): Promise<void> {
  const { redis, redsync } = nodeShop();
  // Next stops accepting by itself, waits for the requests, and exits. Those that wait for a lock are refused by this, and those that
  // work have ten seconds to end.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => redsync.close({ timeout: 10_000 }));
  }
  // If there is no Redis yet, the client goes on trying, and says so itself.
  await redis.connect().catch(() => {});
}

function openShop(): NodeShop {
  const redis = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", {
    connectionName: "shop",
    lazyConnect: true,
    // What cannot be asked now is asked again, and not kept for later.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // What a silent Redis does not answer. A lock has its own deadlines, shorter ones.
    commandTimeout: 5_000,
  });
  redis.on("error", (error) => console.error(error.message));
  const node = ioredisNode(redis);
  return { redis, node, redsync: new Redsync(node, { expiry: 10_000, timeoutFactor: 0.3 }) };
}

import { setTimeout as sleep } from "node:timers/promises";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";

export interface Event {
  readonly invoice: string;
  readonly amount: number;
}

/** What the handler needs of Lambda's context. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

// Once for each environment, not for each event: the connection stays, also while the environment is frozen. `REDIS_URLS` has several
// addresses, with a comma between them, for several independent nodes.
const clients = (process.env.REDIS_URLS ?? "redis://127.0.0.1:6379").split(",").map(
  (url) =>
    new Redis(url, {
      lazyConnect: true,
      // What cannot be asked now is asked again, and not kept for later; and no write is sent again when its lock has long ended.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
    }),
);
// What breaks while nothing runs is found out later, and mended by the client.
for (const client of clients) client.on("error", (error) => console.error(error.message));
const data = clients[0] as Redis;
const redsync = new Redsync(
  clients.map((client) => ioredisNode(client)),
  { expiry: 6_000, timeoutFactor: 0.25 },
);
// Before the first event. A node that is silent, or away, is not waited for: the client goes on trying.
await atMost(2_000, Promise.allSettled(clients.map((client) => client.connect())));

/** What is left for the undo when the waiting has ended, in ms. */
const SPARE_MS = 500;
/** How long an event that is done waits for nodes that have not answered yet, in ms. */
const SETTLE_MS = Number(process.env.SETTLE_MS ?? 1_000);

/** Adds an amount to an invoice. Nobody else is at the invoice meanwhile, in whatever environment. Lambda may deliver an event twice: see the README. */
export async function handler(
  { invoice, amount }: Event,
  context: Context,
): Promise<{ readonly total: number }> {
  const timeout = Math.max(0, context.getRemainingTimeInMillis() - SPARE_MS);
  try {
    return await redsync.mutex(`lock:invoice:${invoice}`).using(
      async (lock) => {
        const total = Number(await data.get(`invoice:${invoice}`)) + amount;
        // A payment provider is asked, say: it takes a while.
        await sleep(20, undefined, { signal: lock.signal });
        lock.assertHeld();
        await data.set(`invoice:${invoice}`, total);
        return { total };
      },
      { timeout },
    );
  } finally {
    // When this returns nothing runs any more, until the next event: what is under way would stay so. But a node that is silent must not
    // hold up an event that is done, or have Lambda end it and deliver it again.
    await atMost(Math.min(SETTLE_MS, context.getRemainingTimeInMillis() - SPARE_MS / 2), redsync.settled());
  }
}

/** Waits for the work, but not longer than so many ms. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, ms);
  await Promise.race([work, timer.promise]);
  clearTimeout(timeout);
}

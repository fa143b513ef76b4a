// One of several matchmakers: `pnpm start --tickets 60 --tasks 8 --think 20`. Start as many as you like.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { StateStore } from "./state-store.ts";
import { AssignedError, assign, type Ticket } from "./tickets.ts";

const { tickets, tasks, think, expiry } = parseArgs({
  options: {
    tickets: { type: "string", default: "60" },
    tasks: { type: "string", default: "8" },
    think: { type: "string", default: "20" },
    expiry: { type: "string", default: "8000" },
  },
}).values;
const PLAYERS = 3;

const redis = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", {
  lazyConnect: true,
  // A write that is sent twice may be refused the second time, although the first was accepted.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
});
redis.on("error", (error) => console.error(error.message));
await redis.connect();
const redsync = new Redsync(ioredisNode(redis), { expiry: Number(expiry), timeoutFactor: 0.5 });
const store = new StateStore<Ticket>(redis, redsync);

const all = Array.from({ length: Number(tickets) }, (_, index) => `ticket:${index}`);
// Those who come first put them there.
await store.mutate(
  all,
  (found) => all.filter((key) => !found.has(key)).map((key) => [key, { match: null }]),
  {
    timeout: 60_000,
  },
);
/** Those that are in no match, as far as this process knows. */
const open = new Set(all);

function draw(): string[] {
  const rest = [...open];
  return Array.from({ length: PLAYERS }, () =>
    rest.splice(Math.floor(Math.random() * rest.length), 1),
  ).flat();
}

async function makeMatches(task: number): Promise<void> {
  for (let count = 0; open.size >= PLAYERS; count++) {
    const keys = draw();
    const match = `match:${process.pid}:${task}:${count}`;
    const decide = async () => {
      console.log("thinks", match, keys.join());
      await sleep(Number(think));
    };
    try {
      await assign(store, keys, match, decide, { timeout: 60_000 });
      console.log("made", match, keys.join());
      for (const key of keys) open.delete(key);
    } catch (error) {
      console.log("failed", match, (error as Error).name);
      if (!(error instanceof AssignedError)) throw error;
      for (const key of error.keys) open.delete(key);
    }
  }
}

await Promise.all(Array.from({ length: Number(tasks) }, (_, task) => makeMatches(task)));
await redsync.close();
await redis.quit();

// Asks for the value, as one of many: `pnpm start --work 2000 --expiry 5000`.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { filledOnce } from "./filled-once.ts";

const { work, expiry } = parseArgs({
  options: { work: { type: "string", default: "2000" }, expiry: { type: "string", default: "5000" } },
}).values;

const redis = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", {
  lazyConnect: true,
  retryStrategy: () => null,
});
await redis.connect();
const redsync = new Redsync(ioredisNode(redis));
const cache = { redis, redsync, ttl: 60_000, expiry: Number(expiry) };

console.log("asks");
const value = await filledOnce(cache, "report", async (signal) => {
  console.log("computes");
  await sleep(Number(work), undefined, { signal });
  return `computed by process ${process.pid}`;
});
console.log(value);

await redsync.settled();
await redis.quit();

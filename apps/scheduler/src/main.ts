// One instance: `pnpm start --pattern "* * * * * *" --work 200 --apart 60000`. Start as many as you like.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { schedule } from "./once-per-tick.ts";

const { pattern, work, apart } = parseArgs({
  options: {
    pattern: { type: "string", default: "*/5 * * * * *" },
    work: { type: "string", default: "200" },
    apart: { type: "string", default: "60000" },
  },
}).values;

const redis = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", {
  lazyConnect: true,
  // A tick that comes while Redis is away must not wait for it.
  enableOfflineQueue: false,
});
redis.on("error", (error) => console.error(error.message));
await redis.connect();
const redsync = new Redsync(ioredisNode(redis));

const report = schedule(redsync, {
  name: "report",
  pattern,
  apart: Number(apart),
  async run(tick) {
    console.log("begins", tick.toISOString());
    await sleep(Number(work));
  },
  onTick: (tick, fate, error) => console.log(fate, tick.toISOString(), error ?? ""),
});
console.log("waits for", report.next()?.toISOString());

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    // A job that runs may need Redis, or a lock of its own.
    await report.stop();
    await redsync.close();
    redis.disconnect();
    console.log("stopped");
  });
}

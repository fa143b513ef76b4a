// One of those who may lead: `pnpm start --expiry 8000 --beat 500`. Start as many as you like.
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { stand } from "./stand.ts";

const { expiry, beat } = parseArgs({
  options: { expiry: { type: "string", default: "8000" }, beat: { type: "string", default: "500" } },
}).values;

const redis = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", {
  lazyConnect: true,
  // What cannot be asked now is asked again, and not kept for later.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
});
redis.on("error", (error) => console.error(error.message));
await redis.connect();
const redsync = new Redsync(ioredisNode(redis), { owner: `${hostname().slice(0, 40)}:${process.pid}` });

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => stop.abort());
}

console.log("stands");
await stand(
  {
    redsync,
    name: "leader",
    expiry: Number(expiry),
    async lead(signal, assertLeads, term) {
      console.log("leads", term);
      for (;;) {
        assertLeads();
        console.log("beats", term);
        await sleep(Number(beat), undefined, { signal });
      }
    },
    onLoss: (error) => console.log("lost", error.reason),
  },
  stop.signal,
);
await redsync.close();
redis.disconnect();
console.log("stopped");

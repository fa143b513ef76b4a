// A maintenance script that must not run twice at once. Exit status: 0, the work is done; 75 (EX_TEMPFAIL), another one is at
// it; 1, anything else, such as a Redis that cannot be reached.
import { type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";

const redis = new Redis(Deno.env.get("REDIS_URL") ?? "redis://127.0.0.1:6379", {
  lazyConnect: true,
  retryStrategy: () => null,
});
await redis.connect();
const redsync = new Redsync(ioredisNode(redis));
const lock = await redsync.mutex("maintenance", { expiry: 30_000 }).tryLock();

if (lock === null) {
  console.log("taken: another one is at it");
  Deno.exitCode = 75;
} else {
  try {
    await maintain(lock);
    console.log("done");
  } finally {
    await lock.unlock();
  }
}
await redsync.settled();
await redis.quit();

/** The work, in steps that each take far less than the lock's expiry; it stops where the lock is lost. */
async function maintain(lock: Lock): Promise<void> {
  for (let left = Number(Deno.args[0] ?? 10); left > 0; left--) {
    await lock.extend();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// A maintenance script that must not run twice at once. Exit status: 0, the work is done; 75 (EX_TEMPFAIL), another one is at
// it; 1, anything else, such as a Redis that cannot be reached.
import { bunNode } from "@redsync/bun";
import { type Lock, Redsync } from "@redsync/core";
import { RedisClient } from "bun";

const redis = new RedisClient(process.env.REDIS_URL, { maxRetries: 0 });
await redis.connect();
const redsync = new Redsync(bunNode(redis));
const lock = await redsync.mutex("maintenance", { expiry: 30_000 }).tryLock();

if (lock === null) {
  console.log("taken: another one is at it");
  process.exitCode = 75;
} else {
  try {
    await maintain(lock);
    console.log("done");
  } finally {
    await lock.unlock();
  }
}
await redsync.settled();
redis.close();

/** The work, in steps that each take far less than the lock's expiry; it stops where the lock is lost. */
async function maintain(lock: Lock): Promise<void> {
  for (let left = Number(process.argv[2] ?? 10); left > 0; left--) {
    await lock.extend();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// A maintenance script that must not run twice at once. Exit status: 0, the work is done; 75 (EX_TEMPFAIL), another one is at
// it; 1, anything else, such as a Redis that cannot be reached.
import { bunNode } from "@redsync/bun";
import { LockTakenError, Redsync } from "@redsync/core";
import { RedisClient } from "bun";

const redis = new RedisClient(process.env.REDIS_URL, { maxRetries: 0 });
await redis.connect();
const redsync = new Redsync(bunNode(redis));

try {
  // One attempt: it extends itself while the work is done, and tells `signal` where it is lost all the same.
  // Half of the expiry is for the way to Redis and back, which may stand still for a moment.
  const mutex = redsync.mutex("maintenance", { expiry: 6_000, timeoutFactor: 0.5 });
  await mutex.using(({ signal }) => maintain(signal), { timeout: 0 });
  console.log("done");
} catch (error) {
  if (!(error instanceof LockTakenError)) throw error;
  console.log("taken: another one is at it");
  process.exitCode = 75;
}
await redsync.settled();
redis.close();

/** The work, in steps; it stops where the lock is lost. */
async function maintain(signal: AbortSignal): Promise<void> {
  for (let left = Number(process.argv[2] ?? 10); left > 0; left--) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

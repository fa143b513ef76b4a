import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { redis } from "./redis.js";

// One for the whole program.
const redlock = new Redsync([ioredisNode(redis)], { tries: 51, retryDelay: () => 10 + Math.random() * 20 });

export default redlock;

export const acquireOrder = (id) => redlock.mutex(`order:${id}`, { expiry: 60_000 }).lock();

export async function withLock(name, work) {
  // TODO(redsync): work() is given the signal of the lock, and nothing else: if it reads signal.error, that is signal.reason here
  return redlock.mutex(name, { expiry: 60_000 }).using(({ signal }) => work(signal));
}

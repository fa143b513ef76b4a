import Redis from "ioredis";
import { type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";

const redis = new Redis(process.env.REDIS_URL!);
const redlock = new Redsync([ioredisNode(redis)], { tries: 5, retryDelay: () => 5 + Math.random() * 10 });

async function move(lock: Lock): Promise<string> {
  if (lock.signal.aborted) throw lock.signal.reason;
  await lock.extend();
  return `${lock.names.join("+")}, ${lock.signal.aborted}`;
}

console.log(await redlock.mutex(["anna", "ben"], { expiry: 60_000 }).using(move));
console.log(await redlock.mutex("carl", { expiry: 60_000 }).using(move));
redis.disconnect();

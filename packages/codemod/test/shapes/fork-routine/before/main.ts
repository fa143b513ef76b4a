import Redis from "ioredis";
import { Redlock, type RedlockAbortSignal, type RedlockUsingContext } from "@sesamecare-oss/redlock";

const redis = new Redis(process.env.REDIS_URL!);
const redlock = new Redlock([redis], { retryCount: 4, retryDelay: 10, retryJitter: 5 });

async function move(signal: RedlockAbortSignal, context: RedlockUsingContext): Promise<string> {
  if (signal.aborted) throw signal.error;
  await context.lock.extend(60_000);
  return `${context.lock.resources.join("+")}, ${signal.aborted}`;
}

console.log(await redlock.using(["anna", "ben"], 60_000, move));
console.log(await redlock.using(["carl"], 60_000, move));
redis.disconnect();

import Redis from "ioredis";
import Redlock from "redlock";

const redis = new Redis(process.env.REDIS_URL ?? "");
const schedulerLock = (client: Redis) => new Redlock([client], { retryCount: 1, retryDelay: 10 });

let held: Redlock.Lock | undefined;

async function tick(task: string): Promise<string> {
  let lock: Redlock.Lock | undefined;
  try {
    lock = await schedulerLock(redis).lock(`task:${task}`, 60_000);
    held = held ?? lock;
    return "ran";
  } catch (e) {
    if (e instanceof Redlock.LockError) return "locked";
    throw e;
  }
}

console.log(await tick("mails"), await tick("mails"));
if (held) await held.unlock();
console.log(await redis.dbsize());
redis.disconnect();

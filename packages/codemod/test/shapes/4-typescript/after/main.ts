import Redis from "ioredis";
import { isRedsyncError, type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";

const redis = new Redis(process.env.REDIS_URL ?? "");
const schedulerLock = (client: Redis) => new Redsync([ioredisNode(client)], { tries: 2, retryDelay: () => Math.max(0, -90 + Math.random() * 200) });

let held: Lock | undefined;

async function tick(task: string): Promise<string> {
  let lock: Lock | undefined;
  try {
    lock = await schedulerLock(redis).mutex(`task:${task}`, { expiry: 60_000 }).lock();
    held = held ?? lock;
    return "ran";
  } catch (e) {
    if (isRedsyncError(e)) return "locked";
    throw e;
  }
}

console.log(await tick("mails"), await tick("mails"));
if (held) await held.unlock();
console.log(await redis.dbsize());
redis.disconnect();

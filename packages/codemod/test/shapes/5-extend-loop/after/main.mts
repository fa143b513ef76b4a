import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";

const TTL = 60_000;
const redis = new Redis(process.env.REDIS_URL!);
const redlock = new Redsync([ioredisNode(redis)], { tries: 11, retryDelay: () => 100 + Math.random() * 200 });

interface Job {
  name: string;
  lock?: Lock;
}

async function run(job: Job, steps: number): Promise<string> {
  let lock = await redlock.mutex(job.name, { expiry: TTL }).lock();
  try {
    for (let step = 0; step < steps; step++) {
      await sleep(20);
      if (lock.remaining() < TTL) await lock.extend();
    }
    await lock.extend();
    const last = lock;
    return `${last.names[0]}: ${(await redis.pttl(job.name)) > 1_000}`;
  } finally {
    await lock.unlock();
  }
}

console.log(await run({ name: "crawl" }, 5));
console.log(await redis.dbsize());
redis.disconnect();

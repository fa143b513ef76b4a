import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import Redlock, { type Lock } from "redlock";

const TTL = 60_000;
const redis = new Redis(process.env.REDIS_URL!);
const redlock = new Redlock([redis]);

interface Job {
  name: string;
  lock?: Lock;
}

async function run(job: Job, steps: number): Promise<string> {
  let lock = await redlock.acquire([job.name], TTL);
  try {
    for (let step = 0; step < steps; step++) {
      await sleep(20);
      if (lock.expiration - Date.now() < TTL) lock = await lock.extend(TTL);
    }
    const last = await redlock.extend(lock, TTL);
    return `${last.resources[0]}: ${(await redis.pttl(job.name)) > 1_000}`;
  } finally {
    await lock.release();
  }
}

console.log(await run({ name: "crawl" }, 5));
console.log(await redis.dbsize());
redis.disconnect();

import { Redis } from "ioredis";
import { LockService } from "./lock-service";

const redis = new Redis(process.env.REDIS_URL ?? "");
const locks = new LockService(redis);

const total = await locks.withLock("stock:7", 60_000, async () => {
  return (await redis.exists("lock:stock:7")) + 41;
});
console.log(total);

const outcomes = await Promise.all([1, 2, 3].map((n) => locks.withLock("stock:8", 60_000, async () => n * n)));
console.log(outcomes.join());

const report = locks.tryOnce("report");
console.log(await report, await redis.exists("lock:stock:7", "lock:stock:8"));
redis.disconnect();

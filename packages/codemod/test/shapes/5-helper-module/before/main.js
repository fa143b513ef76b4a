import { redis } from "./lib/redis.js";
import redlock, { acquireOrder, withLock } from "./lib/redlock.js";

const order = await acquireOrder(7);
console.log(await redis.exists("order:7"));
await order.release();

const names = ["b", "c"];
let lock = await redlock.acquire(names, 60_000);
console.log(await redis.exists("b", "c"));
await redlock.release(lock);

console.log(await withLock("d", async (signal) => `aborted: ${signal.aborted}`));
console.log(await redis.dbsize());
redis.disconnect();

import { redis } from "./lib/redis.js";
import redlock, { acquireOrder, withLock } from "./lib/redlock.js";

const order = await acquireOrder(7);
console.log(await redis.exists("order:7"));
await order.unlock();

const names = ["b", "c"];
let lock = await redlock.mutex(names, { expiry: 60_000 }).lock();
console.log(await redis.exists("b", "c"));
await lock.unlock();

console.log(await withLock("d", async (signal) => `aborted: ${signal.aborted}`));
console.log(await redis.dbsize());
redis.disconnect();

import { Redis } from "ioredis";
import { type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";

const redis = new Redis(process.env.REDIS_URL!);
const redlock = new Redsync([ioredisNode(redis)], { tries: 5, retryDelay: () => 5 + Math.random() * 10 });

/** Given to `using()` twice, and to nothing else. */
async function count({ signal }: Lock): Promise<string> {
  const keys = await redis.exists("one", "two");
  if (signal.aborted) throw signal.reason;
  return `counted ${keys}, ${typeof signal.aborted}`;
}

const report = async ({ signal }: Lock) => {
  const { aborted, reason: error } = signal;
  return `reports ${aborted}, ${error}`;
};

const check = async ({ signal: { aborted, reason: error } }: Lock) => `checks ${aborted}, ${error}`;

/** Needs no signal. */
function ping() {
  return redis.ping();
}

/** Others may call it with a signal of their own. */
export async function shared(signal: AbortSignal): Promise<string> {
  return signal.aborted ? `shared ${signal.reason?.message}` : "shared";
}

console.log(await redlock.mutex("one", { expiry: 60_000 }).using(count));
console.log(await redlock.mutex(["one", "two"], { expiry: 60_000 }).using(count));
console.log(await redlock.mutex("one", { expiry: 60_000 }).using(report));
console.log(await redlock.mutex("one", { expiry: 60_000 }).using(check));
console.log(await redlock.mutex("one", { expiry: 60_000 }).using(ping));
console.log(await redlock.mutex("one", { expiry: 60_000 }).using(({ signal }) => shared(signal)));
console.log(await redis.dbsize());
redis.disconnect();

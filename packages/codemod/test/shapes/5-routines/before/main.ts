import { Redis } from "ioredis";
import Redlock, { type RedlockAbortSignal } from "redlock";

const redis = new Redis(process.env.REDIS_URL!);
const redlock = new Redlock([redis], { retryCount: 4, retryDelay: 10, retryJitter: 5 });

/** Given to `using()` twice, and to nothing else. */
async function count(signal: RedlockAbortSignal): Promise<string> {
  const keys = await redis.exists("one", "two");
  if (signal.aborted) throw signal.error;
  return `counted ${keys}, ${typeof signal.aborted}`;
}

const report = async (signal: RedlockAbortSignal) => {
  const { aborted, error } = signal;
  return `reports ${aborted}, ${error}`;
};

const check = async ({ aborted, error }: RedlockAbortSignal) => `checks ${aborted}, ${error}`;

/** Needs no signal. */
function ping() {
  return redis.ping();
}

/** Others may call it with a signal of their own. */
export async function shared(signal: RedlockAbortSignal): Promise<string> {
  return signal.aborted ? `shared ${signal.error?.message}` : "shared";
}

console.log(await redlock.using(["one"], 60_000, count));
console.log(await redlock.using(["one", "two"], 60_000, {}, count));
console.log(await redlock.using(["one"], 60_000, report));
console.log(await redlock.using(["one"], 60_000, check));
console.log(await redlock.using(["one"], 60_000, ping));
console.log(await redlock.using(["one"], 60_000, shared));
console.log(await redis.dbsize());
redis.disconnect();

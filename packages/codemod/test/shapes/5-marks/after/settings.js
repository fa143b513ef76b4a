import { isRedsyncError, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { clients, config } from "./config.js";

// TODO(redsync): translate what is spread here: retryCount is tries less one, retryDelay ± retryJitter is retryDelay
// TODO(redsync): tries counts the first attempt too; if config.retries may be -1 (for ever), make it Infinity
// TODO(redsync): if config.delay may be no number, give it one: redlock took 200 then
export const redlock = new Redsync(Array.from(clients, (client) => ioredisNode(client)), {
  tries: config.retries + 1,
  retryDelay: () => Math.max(0, config.delay + (Math.random() * 2 - 1) * 100),
  ...config.more,
});

export async function brief(name) {
  // TODO(redsync): an expiry must be at least 100 ms
  const lock = await redlock.mutex(name, { expiry: 50 }).lock();
  // TODO(redsync): a value is another text here, and proves ownership: to give the lock to another process, see handOver() and adopt()
  return { value: lock.value, until: lock.until.getTime() };
}

export async function prolong(lock) {
  // TODO(redsync): if this is a lock of redlock, call lock.extend(), without a duration
  return lock.extend(1000);
}

export async function attempt(name, routine) {
  try {
    // TODO(redsync): using() gives this function a lock, and no signal: give it lock.signal
    return await redlock.mutex(name, { expiry: 1000 }).using(routine());
  } catch (error) {
    // TODO(redsync): redsync says it in other words: ask for error.code, see docs/errors.md
    // TODO(redsync): attempts of an error is the number of attempts; what each node said is error.outcomes
    if (isRedsyncError(error) && error.message.includes("unable to achieve a quorum"))
      return Promise.all(error.attempts);
    throw error;
  }
}

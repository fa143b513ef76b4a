import Redlock, { ExecutionError } from "redlock";
import { clients, config } from "./config.js";

export const redlock = new Redlock(clients, {
  retryCount: config.retries,
  retryDelay: config.delay,
  ...config.more,
});

export async function brief(name) {
  const lock = await redlock.acquire([name], 50);
  return { value: lock.value, until: lock.expiration };
}

export async function prolong(lock) {
  return lock.extend(1000);
}

export async function attempt(name, routine) {
  try {
    return await redlock.using([name], 1000, routine());
  } catch (error) {
    if (error instanceof ExecutionError && error.message.includes("unable to achieve a quorum"))
      return Promise.all(error.attempts);
    throw error;
  }
}

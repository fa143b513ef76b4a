import Redlock from "redlock";
import { redis } from "./redis.js";

// One for the whole program.
const redlock = new Redlock([redis], { retryCount: 50, retryDelay: 20, retryJitter: 10 });

export default redlock;

export const acquireOrder = (id) => redlock.acquire([`order:${id}`], 60_000);

export async function withLock(name, work) {
  return redlock.using([name], 60_000, {}, work);
}

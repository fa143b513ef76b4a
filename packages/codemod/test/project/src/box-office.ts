import { setTimeout as pause } from "node:timers/promises";
import { ExecutionError, type Lock } from "redlock";
import { redlock } from "./locks.js";
import type { Seats } from "./seats.js";

const LOCKED_MS = 60_000;

/** Sells one seat, never the same to two. */
export async function sell(seats: Seats, buyer: string): Promise<boolean> {
  return await redlock.using(["seats"], LOCKED_MS, async (signal) => {
    const { left } = seats;
    await pause(5); // the bank
    if (signal.aborted) throw signal.error;
    if (left === 0) return false;
    seats.left = left - 1;
    seats.sold.push(buyer);
    return true;
  });
}

/** Closes the box office, once. */
export async function close(): Promise<string> {
  let lock: Lock | undefined;
  try {
    lock = await redlock.acquire(["office", "safe"], LOCKED_MS, { retryCount: 0 });
    lock = await lock.extend(LOCKED_MS);
    await pause(20);
    return `closed, with ${lock.resources.length} keys`;
  } catch (error) {
    if (error instanceof ExecutionError) return "somebody closes it";
    throw error;
  } finally {
    await lock?.release();
  }
}

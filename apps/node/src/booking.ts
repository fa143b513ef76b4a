import { setTimeout as sleep } from "node:timers/promises";
import { type Lock, LockLostError, type Mutex, type UnlockResult } from "@redsync/core";
import { now } from "./now.ts";
import type { Store } from "./store.ts";

/** What became of a booking's lock; "unknown" where too few nodes answered. */
export type Unlocked = UnlockResult | "unknown";

/** One confirmed booking, and when its task was where: milliseconds of the machine's clock. */
export interface Booking {
  readonly task: number;
  readonly seat: number;
  /** When the task asked for its turn. */
  readonly asked: number;
  /** When the task began to read, and when its write was confirmed. */
  readonly from: number;
  readonly to: number;
  /** Absent where there was no lock. */
  readonly unlocked?: Unlocked;
}

/** Books the next free seat: reads the plan, thinks for some milliseconds, writes the plan back. */
export async function bookUnlocked(store: Store, task: number): Promise<Booking> {
  const booking = await book(store, task);
  return { ...booking, asked: booking.from };
}

/** The same, one at a time. Null where the lock ran out before the write, as after a laptop's sleep: nothing is booked. */
export async function bookLocked(
  store: Store,
  task: number,
  mutex: Mutex,
  signal: AbortSignal,
): Promise<Booking | null> {
  const asked = now();
  const lock = await mutex.lock({ signal, timeout: 8_000 });
  let booking: Omit<Booking, "asked">;
  try {
    booking = await book(store, task, lock);
  } catch (error) {
    await unlock(lock);
    if (error instanceof LockLostError) return null;
    throw error;
  }
  return { ...booking, asked, unlocked: await unlock(lock) };
}

async function book(store: Store, task: number, lock?: Lock): Promise<Omit<Booking, "asked">> {
  const from = now();
  const sold = await store.read();
  await sleep(2 + Math.random() * 4);
  lock?.assertHeld();
  await store.write([...sold, task]);
  return { task, seat: sold.length, from, to: now() };
}

function unlock(lock: Lock): Promise<Unlocked> {
  return lock.unlock().catch((): Unlocked => "unknown");
}

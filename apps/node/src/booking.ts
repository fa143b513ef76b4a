// The job itself, to read and to copy. Everything under show/ only starts it many times over, and draws what becomes of it.
import { setTimeout as sleep } from "node:timers/promises";
import { type Lock, LockLostError, type Mutex, type RedisNode, type Redsync } from "@redsync/core";

/** The plan of the seats: for every seat sold, the buyer who has it. */
export type Plan = readonly number[];

/** Keeps the plan. A read and a write are two steps, with time between them for everybody else. */
export interface Store {
  read(): Promise<Plan>;
  write(plan: Plan): Promise<void>;
}

/** Keeps it for a minute under one key of a Redis: plain GET, then plain SET. */
export function storeIn(redis: RedisNode, key: string): Store {
  return {
    read: async () => JSON.parse(String((await redis.send(["GET", key])) ?? "[]")),
    write: async (plan) => void (await redis.send(["SET", key, JSON.stringify(plan), "PX", "60000"])),
  };
}

/** What all who book seats of one show have in common: the name that they lock. */
export function mutexOf(redsync: Redsync, name: string): Mutex {
  return redsync.mutex(name, {
    // Some hundred times what a booking takes, and still soon over if a holder is killed.
    expiry: 3_000,
  });
}

/** Books the next free seat, and resolves to its number. Right only if nobody else writes between its read and its write. */
export async function book(store: Store, buyer: number, lock?: Lock): Promise<number> {
  const sold = await store.read();
  // Here a real shop takes the money.
  await sleep(2 + Math.random() * 4);
  // After a long pause, such as a laptop's sleep, the lock may be somebody else's: then nothing must be written.
  lock?.assertHeld();
  await store.write([...sold, buyer]);
  return sold.length;
}

/** The same, one buyer at a time. Resolves to null if the lock ran out before the write: nothing is booked then. */
export async function bookLocked(
  store: Store,
  buyer: number,
  mutex: Mutex,
  signal?: AbortSignal,
): Promise<number | null> {
  try {
    return await mutex.using((lock) => book(store, buyer, lock), { signal, timeout: 8_000 });
  } catch (error) {
    if (!(error instanceof LockLostError)) throw error;
    // There is a result if the lock was lost after the write: the seat is booked, though perhaps not alone.
    return (error.result as number | undefined) ?? null;
  }
}

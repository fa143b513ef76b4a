import { setTimeout as sleep } from "node:timers/promises";
import type { Mutex, Redsync } from "@redsync/core";
import { type Booking, bookLocked, bookUnlocked } from "./booking.ts";
import type { Store } from "./store.ts";

/** One run: some tasks, each with a number of bookings to make. */
export interface Run {
  readonly locked: boolean;
  /** The name that is locked. */
  readonly lockName: string;
  readonly tasks: readonly { readonly task: number; readonly bookings: number }[];
}

/** What a run works on, and whom it tells. */
export interface Surroundings {
  readonly store: Store;
  readonly redsync: Redsync;
  readonly signal: AbortSignal;
  onBooking(booking: Booking): void;
}

/** Lets all tasks book at once. Rejects when aborted, or with the first task's error, and in both cases once all have ended. */
export async function perform(run: Run, { store, redsync, signal, onBooking }: Surroundings): Promise<void> {
  const mutex = redsync.mutex(run.lockName, {
    tries: Number.POSITIVE_INFINITY,
    retryDelay: shortDelay,
    // Some hundred times what a booking takes, and still soon over where a holder was killed.
    expiry: 3_000,
    // Else a server that is frozen costs every attempt a twentieth of the expiry.
    failFast: true,
  });
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  await Promise.all(
    run.tasks.map(async ({ task, bookings }) => {
      try {
        await bookAll(task, bookings, run.locked ? mutex : null, store, either, onBooking);
      } catch (error) {
        failure.abort(error);
      }
    }),
  );
  signal.throwIfAborted();
  failure.signal.throwIfAborted();
}

async function bookAll(
  task: number,
  bookings: number,
  mutex: Mutex | null,
  store: Store,
  signal: AbortSignal,
  onBooking: (booking: Booking) => void,
): Promise<void> {
  for (let made = 0; made < bookings; ) {
    signal.throwIfAborted();
    const booking =
      mutex === null ? await bookUnlocked(store, task) : await bookLocked(store, task, mutex, signal);
    if (booking !== null) {
      made++;
      onBooking(booking);
    }
    await sleep(Math.random() * 8, undefined, { signal });
  }
}

/** The work takes some milliseconds: the default of 50 to 250 would mostly measure itself. */
function shortDelay(): number {
  return 1 + Math.random() * 5;
}

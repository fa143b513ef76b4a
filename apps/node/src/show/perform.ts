import { setTimeout as sleep } from "node:timers/promises";
import { type Mutex, Redsync } from "@redsync/core";
import { book, bookLocked, mutexOf, type Store, storeIn } from "../booking.ts";
import { type Connection, keeping } from "./connections.ts";

/** What tasks are to do: of all bookings, every `step`-th is one task's. The plan is under `seats` at one of the servers. */
export interface Job {
  readonly isLocked: boolean;
  readonly seats: string;
  readonly keeper: number;
  readonly tasks: readonly number[];
  readonly step: number;
  readonly bookings: number;
}

/** One confirmed booking, and when its task asked for its turn, began to read, and had its write confirmed, in ms. */
export type Booking = Awaited<ReturnType<typeof timed>>;
export type Listener = (booking: Booking) => void;
/** What a worker says; it is told to begin, and stops early when its channel is closed. */
export type Message = "ready" | Booking | { readonly failure: string };

/** Lets the tasks book at once. Rejects when aborted, or if a task failed, and in both cases once all have ended. */
export async function perform(job: Job, on: readonly Connection[], signal: AbortSignal, onBooking: Listener) {
  const redsync = new Redsync(on.map(({ node }) => node));
  const mutex = job.isLocked ? mutexOf(redsync, `${job.seats}:lock`) : null;
  const store = storeIn(keeping(on[job.keeper] as Connection), job.seats);
  const bookAll = async (task: number) => {
    for (let next = task; next < job.bookings; next += job.step) {
      onBooking(await timed(task, store, mutex, signal));
      await sleep(Math.random() * 8, undefined, { signal });
    }
  };
  const ends = await Promise.allSettled(job.tasks.map(bookAll));
  // The undo of an aborted attempt, too: no key may be left when the clients are closed.
  await redsync.settled();
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Books a seat, and looks at a clock that all processes of a machine share, unlike `performance.now()`. */
async function timed(task: number, store: Store, mutex: Mutex | null, signal: AbortSignal) {
  const now = () => Number(process.hrtime.bigint()) / 1e6;
  const times = { asked: now(), from: 0, to: 0 };
  const watched: Store = {
    read() {
      times.from = now();
      if (mutex === null) times.asked = times.from;
      return store.read();
    },
    async write(plan) {
      await store.write(plan);
      times.to = now();
    },
  };
  if (mutex === null) await book(watched, task);
  // Again if the lock ran out: nothing is booked then.
  else while ((await bookLocked(watched, task, mutex, signal)) === null);
  return { task, pid: process.pid, ...times };
}

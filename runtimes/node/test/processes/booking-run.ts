import { book, bookLocked, mutexOf, storeIn } from "@redsync/app-node/booking";
import { type RedisNode, Redsync, type UnlockResult } from "@redsync/core";
import type { Booking } from "./booking-evidence.ts";

/** What the tasks of one process do, all at once. */
export interface BookingRun {
  readonly isLocked: boolean;
  readonly tasks: number;
  /** How many bookings each task makes. */
  readonly each: number;
}

/** What they say of it. */
export interface Account {
  readonly bookings: readonly Booking[];
  /** How their locks ended. */
  readonly unlocked: readonly UnlockResult[];
}

/** What the keys are called. */
export const SEATS = "seats";

/** Runs the job of the demo, with a look at the clock at its read and after its write. */
export async function bookSeats(
  nodes: readonly RedisNode[],
  keeper: RedisNode,
  { isLocked, tasks, each }: BookingRun,
): Promise<Account> {
  const bookings: Booking[] = [];
  const unlocked: UnlockResult[] = [];
  const redsync = new Redsync(nodes, {
    onEvent: (event) => event.type === "released" && unlocked.push(event.result),
  });
  const mutex = mutexOf(redsync, `${SEATS}:lock`);
  const store = storeIn(keeper, SEATS);
  const task = async () => {
    for (let made = 0; made < each; ) {
      const times = { from: 0, to: 0 };
      const watched: typeof store = {
        read() {
          times.from = now();
          return store.read();
        },
        async write(plan) {
          await store.write(plan);
          times.to = now();
        },
      };
      const seat = isLocked
        ? await bookLocked(watched, process.pid, mutex)
        : await book(watched, process.pid);
      if (seat === null) continue;
      bookings.push({ seat, ...times });
      made++;
    }
  };
  await Promise.all(Array.from({ length: tasks }, task));
  await redsync.settled();
  return { bookings, unlocked };
}

/** Milliseconds of a clock that all processes of a machine share, unlike `performance.now()`. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

import type { Booking, Unlocked } from "./booking.ts";
import type { Plan } from "./store.ts";

/** What a run shows, found without any help of the lock: from what was confirmed, and from what the store says. */
export interface Evidence {
  readonly confirmed: number;
  /** Seats that are sold by the store's account. */
  readonly recorded: number;
  /** Bookings that were confirmed, and overwritten by another task's write. */
  readonly lost: number;
  /** Seats that more than one booking was confirmed for. */
  readonly oversold: number;
  /** Bookings that began while another was between its read and its write. */
  readonly overlapping: number;
  readonly seconds: number;
  /** Milliseconds from asking to having the lock; absent where there was none to wait for. */
  readonly wait?: Waits;
  /** How many locks ended how. */
  readonly unlocked: Readonly<Record<Unlocked, number>>;
}

export interface Waits {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export function gather(bookings: readonly Booking[], plan: Plan): Evidence {
  const unlocked = { released: 0, expired: 0, taken: 0, unknown: 0 };
  for (const booking of bookings) if (booking.unlocked !== undefined) unlocked[booking.unlocked]++;
  const locked = bookings.filter((booking) => booking.unlocked !== undefined);
  return {
    confirmed: bookings.length,
    recorded: plan.length,
    lost: bookings.length - plan.length,
    oversold: repeated(bookings.map(({ seat }) => seat)),
    overlapping: overlapping(bookings),
    seconds: span(bookings) / 1_000,
    ...(locked.length > 0 ? { wait: waits(locked) } : {}),
    unlocked,
  };
}

function waits(bookings: readonly Booking[]): Waits {
  const ascending = bookings.map(({ asked, from }) => from - asked).sort((a, b) => a - b);
  const at = (percent: number) => percentile(ascending, percent);
  return { median: at(50), p95: at(95), max: at(100) };
}

/** Whether the run kept the promise of a lock. */
export function isSound({ lost, oversold, overlapping }: Evidence): boolean {
  return lost === 0 && oversold === 0 && overlapping === 0;
}

/** The smallest of the ascending numbers that at least `percent` of them do not exceed; 0 of none. */
export function percentile(ascending: readonly number[], percent: number): number {
  return ascending[Math.max(0, Math.ceil((percent / 100) * ascending.length) - 1)] ?? 0;
}

/** How many intervals begin before all those that began earlier have ended. */
export function overlapping(intervals: readonly { readonly from: number; readonly to: number }[]): number {
  let latest = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    if (from < latest) count++;
    latest = Math.max(latest, to);
  }
  return count;
}

function repeated(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1).length;
}

function span(bookings: readonly Booking[]): number {
  if (bookings.length === 0) return 0;
  const begin = bookings.reduce((least, { asked }) => Math.min(least, asked), Number.POSITIVE_INFINITY);
  return bookings.reduce((most, { to }) => Math.max(most, to), begin) - begin;
}

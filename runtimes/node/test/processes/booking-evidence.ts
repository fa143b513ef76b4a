/** One confirmed booking: its seat, and when it began to read and had its write confirmed, in ms. */
export interface Booking {
  readonly seat: number;
  readonly from: number;
  readonly to: number;
}

/** What a run has shown, found without any help of the lock: from what was confirmed, and from what the store says. */
export interface Evidence {
  readonly confirmed: number;
  /** Bookings that were confirmed, and overwritten by another one's write. */
  readonly lost: number;
  /** Seats that more than one booking was confirmed for. */
  readonly oversold: number;
  /** Bookings that began while another was between its read and its write. */
  readonly overlapping: number;
}

export function gather(bookings: readonly Booking[], plan: readonly number[]): Evidence {
  return {
    confirmed: bookings.length,
    lost: bookings.length - plan.length,
    oversold: repeated(bookings.map(({ seat }) => seat)),
    overlapping: overlapping(bookings),
  };
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

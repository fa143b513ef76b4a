import type { Booking } from "./booking.ts";

/** What a task was doing at an instant. */
export type Cell = "inside" | "waiting" | "elsewhere";

/** A stretch of a run: one row for each task, one column for each instant. */
export interface Timeline {
  readonly rows: readonly { readonly task: number; readonly cells: readonly Cell[] }[];
  /** How many tasks were inside at once, by column. */
  readonly inside: readonly number[];
  /** Milliseconds from one column to the next. */
  readonly step: number;
}

/**
 * Looks at `columns` instants, `step` milliseconds apart, around the middle of the run. Instants rather than slices: in a
 * slice, one task may leave and the next enter without ever being inside together.
 */
export function timeline(bookings: readonly Booking[], columns: number, step: number): Timeline {
  const begin = middle(bookings) - (columns * step) / 2;
  const instants = Array.from({ length: columns }, (_, column) => begin + column * step);
  const tasks = [...new Set(bookings.map(({ task }) => task))].sort((a, b) => a - b);
  const rows = tasks.map((task) => {
    const own = bookings.filter((booking) => booking.task === task);
    return { task, cells: instants.map((instant) => cellAt(own, instant)) };
  });
  const inside = instants.map((_, column) => rows.filter(({ cells }) => cells[column] === "inside").length);
  return { rows, inside, step };
}

function cellAt(bookings: readonly Booking[], instant: number): Cell {
  const booking = bookings.find(({ asked, to }) => asked <= instant && instant < to);
  if (booking === undefined) return "elsewhere";
  return booking.from <= instant ? "inside" : "waiting";
}

function middle(bookings: readonly Booking[]): number {
  const times = bookings.map(({ from }) => from).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}

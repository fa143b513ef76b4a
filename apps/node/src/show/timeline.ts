import type { Booking } from "./perform.ts";
import { paint } from "./terminal.ts";

const STEP_MS = 1.5;
const styles: Readonly<Record<string, "green" | "red">> = { "█": "green", "!": "red" };

/** Who was inside when, for as much of the run as a line can show. */
export function drawTimeline(bookings: readonly Booking[]): string {
  const labels = new Map(bookings.map(({ task, pid }) => [task, `  process ${pid} task ${task + 1}  `]));
  const margin = Math.max(...[...labels.values()].map(({ length }) => length));
  const columns = Math.min(Math.max(process.stdout.columns ?? 100, 60), 120) - margin;
  const lines = [...timeline(bookings, columns, STEP_MS)].map(([task, cells]) => {
    const painted = cells
      .trimEnd()
      .replace(/(█+|!+|[1-9+]+)/g, (run) => paint(styles[run.charAt(0)] ?? "dim", run));
    return `${labels.get(task)?.padEnd(margin)}${painted}`;
  });
  const marks = "█ alone between read and write, ! not alone, 1 2 3 its place among those who wait";
  const legend = `  ${columns * STEP_MS} ms of it: ${marks}`;
  return [paint("dim", legend), ...lines].join("\n");
}

/**
 * What each task was doing at `columns` instants, `step` ms apart, around the middle of the run, as marks. Instants rather than
 * slices: in a slice, one task may leave and the next enter without ever being inside together.
 */
export function timeline(bookings: readonly Booking[], columns: number, step: number): Map<number, string> {
  const starts = bookings.map(({ from }) => from).sort((a, b) => a - b);
  const begin = (starts[Math.floor(starts.length / 2)] ?? 0) - (columns * step) / 2;
  const tasks = bookings.map(({ task }) => task).sort((a, b) => a - b);
  const rows = new Map(tasks.map((task) => [task, ""]));
  for (let column = 0; column < columns; column++) {
    const instant = begin + column * step;
    const now = bookings.filter(({ asked, to }) => asked <= instant && instant < to);
    const inside = now.filter(({ from }) => from <= instant);
    const waiting = now.filter(({ from }) => from > instant).sort((one, other) => one.asked - other.asked);
    for (const [task, cells] of rows) {
      const isMine = (booking: Booking) => booking.task === task;
      const place = waiting.findIndex(isMine) + 1;
      const mark = inside.some(isMine) ? (inside.length > 1 ? "!" : "█") : placeMark(place);
      rows.set(task, cells + mark);
    }
  }
  return rows;
}

/** One character, also for the tenth. */
const placeMark = (place: number): string => (place === 0 ? " " : place > 9 ? "+" : String(place));

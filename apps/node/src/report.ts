import type { Booking } from "./booking.ts";
import { type Evidence, isSound } from "./evidence.ts";
import { paint, width } from "./terminal.ts";
import { type Cell, timeline } from "./timeline.ts";

const STEP_MS = 1.5;
const marks: Record<Cell, string> = { inside: "█", waiting: "·", elsewhere: " " };

/** Who was inside when, for a stretch of the run. */
export function drawTimeline(bookings: readonly Booking[], label: (task: number) => string): string {
  const tasks = [...new Set(bookings.map(({ task }) => task))];
  const margin = Math.max(0, ...tasks.map((task) => label(task).length));
  const columns = width() - margin - 4;
  const { rows, inside } = timeline(bookings, columns, STEP_MS);
  const draw = (cell: Cell, column: number) => {
    const style = cell !== "inside" ? "dim" : (inside[column] ?? 0) > 1 ? "red" : "green";
    return { style, text: marks[cell] } as const;
  };
  const lines = rows.map(
    ({ task, cells }) => `  ${label(task).padEnd(margin)}  ${paintRuns(cells.map(draw))}`,
  );
  const isOverlapping = inside.some((count) => count > 1);
  if (isOverlapping) {
    const marker = inside.map((count) => ({ style: "red", text: count > 1 ? "!" : " " }) as const);
    lines.push(`  ${"overlap".padEnd(margin)}  ${paintRuns(marker)}`);
  }
  const isShown = (mark: Cell) => rows.some(({ cells }) => cells.includes(mark));
  const legend = [
    `${Math.round(columns * STEP_MS)} ms of it: █ between read and write`,
    ...(isShown("waiting") ? ["· waiting for the lock"] : []),
    ...(isOverlapping ? ["! several at once"] : []),
  ].join(", ");
  return [paint("dim", `  ${legend}`), ...lines].join("\n");
}

interface Piece {
  readonly style: "red" | "green" | "dim";
  readonly text: string;
}

/** One escape sequence for each stretch of a colour, not for each character. */
function paintRuns(pieces: readonly Piece[]): string {
  const runs: { style: Piece["style"]; text: string }[] = [];
  for (const { style, text } of pieces) {
    const last = runs.at(-1);
    if (last !== undefined && (last.style === style || text === " ")) last.text += text;
    else runs.push({ style, text });
  }
  return runs
    .map(({ style, text }) => paint(style, text))
    .join("")
    .trimEnd();
}

/** Both runs side by side. */
export function compare(without: Evidence, withLock: Evidence): string {
  const lines: [string, (evidence: Evidence) => string][] = [
    ["bookings confirmed", ({ confirmed }) => `${confirmed}`],
    ["seats sold in the store", ({ recorded }) => `${recorded}`],
    ["lost updates", ({ lost }) => `${lost}`],
    ["seats sold more than once", ({ oversold }) => `${oversold}`],
    ["bookings that overlapped", ({ overlapping }) => `${overlapping}`],
    ["seconds", ({ seconds }) => seconds.toFixed(2)],
    ["bookings per second", ({ confirmed, seconds }) => `${Math.round(confirmed / seconds)}`],
    ["wait, median", ({ wait }) => milliseconds(wait?.median)],
    ["wait, 95 of 100", ({ wait }) => milliseconds(wait?.p95)],
    ["wait, longest", ({ wait }) => milliseconds(wait?.max)],
  ];
  const table = lines.map(([name, value]) => row(name, value(without), value(withLock)));
  return [paint("bold", row("", "without a lock", "with a lock")), ...table].join("\n");
}

function row(name: string, without: string, withLock: string): string {
  return `  ${name.padEnd(28)}${without.padStart(16)}${withLock.padStart(16)}`;
}

function milliseconds(ms: number | undefined): string {
  return ms === undefined ? "–" : `${ms.toFixed(1)} ms`;
}

/** What it all means, in a sentence or two. */
export function judge(without: Evidence, withLock: Evidence): string {
  const damage =
    without.lost > 0
      ? `Without a lock, ${without.lost} of ${without.confirmed} confirmed bookings were lost.`
      : "Without a lock, nothing was lost this time, by luck: nothing prevented it.";
  const { unlocked } = withLock;
  const odd = (["expired", "taken", "unknown"] as const).filter((result) => unlocked[result] > 0);
  const ends = [`${unlocked.released} released`, ...odd.map((result) => `${unlocked[result]} ${result}`)];
  const locks = `(Locks: ${ends.join(", ")}.)`;
  if (isSound(withLock)) return `${damage}\n${paint("green", "With a lock, none.")} ${locks}`;
  const { lost, oversold, overlapping } = withLock;
  const failure = `With a lock, ${lost} were lost, ${oversold} seats sold more than once, ${overlapping} bookings overlapped.`;
  return `${damage}\n${paint("red", failure)} ${locks}`;
}

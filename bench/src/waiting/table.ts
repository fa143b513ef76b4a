import { hundredths, tenths, whole } from "../figures.ts";
import type { MeasuredRow } from "../section.ts";
import { table } from "../table.ts";
import type { Counted, Outcome } from "./outcome.ts";
import { waiter } from "./waiters.ts";

type Column = readonly [head: string, cell: (counted: Counted) => string];

const arrivals: readonly Column[] = [
  ["ms until all are done", ({ makespan: all }) => `${all?.isDone ? "" : "> "}${whole.format(all?.ms ?? 0)}`],
  ["× the work", ({ makespan: all }) => `${all?.isDone ? "" : "> "}${hundredths(all?.ratio)}`],
];

const rates: readonly Column[] = [
  ["turns/s", ({ acquired, seconds }) => whole.format(acquired / seconds)],
  ["changes of owner/s", ({ changes, seconds }) => whole.format(changes / seconds)],
  ["shares, × equal", written],
];

const costs: readonly Column[] = [
  ["wait ms, median", ({ waits }) => tenths.format(waits.median)],
  ["99 of 100", ({ waits }) => tenths.format(waits.p99)],
  ["longest", ({ waits }) => whole.format(waits.longest)],
  ["commands/turn and node", ({ commands }) => hundredths(commands)],
  ["server CPU µs/turn", ({ serverCpu }) => whole.format(serverCpu)],
  ["overlaps", ({ overlaps }) => whole.format(overlaps)],
  ["gave up", ({ gaveUp }) => whole.format(gaveUp)],
];

/** The table of those who arrive at once. */
export function arrivalTable(title: string, outcomes: readonly Outcome[]): string {
  return waitingTable(title, outcomes, [...arrivals, ...costs]);
}

/** The table of those who want the lock again and again. */
export function loopTable(title: string, outcomes: readonly Outcome[]): string {
  return waitingTable(title, outcomes, [...rates, ...costs]);
}

function waitingTable(title: string, outcomes: readonly Outcome[], columns: readonly Column[]): string {
  const body = outcomes.map(({ waiter: id, counted, failure, lack }) => [
    waiter(id).label,
    ...(counted === undefined ? [lack ?? failure ?? "not known"] : columns.map(([, cell]) => cell(counted))),
  ]);
  return `### ${title}\n\n${table(["", ...columns.map(([head]) => head)], body)}\n`;
}

/** The rows of such a table, by their turns a second. */
export function rowsOf(outcomes: readonly Outcome[]): MeasuredRow[] {
  return outcomes.map(({ waiter: id, counted, failure, lack }) => ({
    title: id,
    contestant: waiter(id).contestant,
    measured: counted && counted.acquired / counted.seconds,
    failure,
    lack,
  }));
}

function written({ shares }: Counted): string {
  const equal = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return `${hundredths(Math.min(...shares) / equal)}–${hundredths(Math.max(...shares) / equal)}`;
}

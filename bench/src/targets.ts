import { table } from "./table.ts";

/** One line of the table of targets. */
export interface Target {
  readonly what: string;
  /** What was wanted; of some only the figure is. */
  readonly target?: string;
  readonly measured: string;
  /** Met, or missed and by how much. */
  readonly outcome?: string;
  /** Other figures of the same run, to read this one beside. */
  readonly beside?: string;
}

/** The table of targets, or nothing if none was measured. */
export function targetTable(targets: readonly Target[]): string {
  if (targets.length === 0) return "";
  const body = targets.map(({ what, target = "", measured, outcome = "", beside = "" }) => [
    what,
    target,
    measured,
    outcome,
    beside,
  ]);
  return `### Targets\n\n${table(["", "target", "measured", "verdict", "beside it"], body)}\n`;
}

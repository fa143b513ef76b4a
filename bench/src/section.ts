import type { Arguments } from "./arguments.ts";
import type { ContestantId } from "./contestants.ts";
import type { Target } from "./targets.ts";

/** How long to measure, and whom. */
export type Wanted = Pick<Arguments, "effort" | "wantsContestant">;

/** What is measured together and shown as one table. */
export interface Section {
  /** What `--only` looks for. */
  readonly id: string;
  measure(wanted: Wanted): Promise<Table>;
}

/** A table, what its rows come to, and the targets that it decides. */
export interface Table {
  readonly text: string;
  readonly rows: readonly MeasuredRow[];
  readonly targets?: readonly Target[];
  readonly plots?: readonly Plot[];
}

/** A picture of what a table says. */
export interface Plot {
  /** Its name in bench/results/, without the folder. */
  readonly file: string;
  /** What it shows, for those who do not see it. */
  readonly alt: string;
  readonly svg: string;
}

export interface MeasuredRow {
  readonly title: string;
  /** The first number of the row. */
  readonly measured?: number | undefined;
  /** Who it is, if it is a contestant. */
  readonly contestant?: ContestantId;
  readonly failure?: string | undefined;
  readonly lack?: string | undefined;
}

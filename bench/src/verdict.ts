import { whole } from "./figures.ts";

/** What was wanted, and whether it was reached. */
export interface Verdict {
  readonly target: string;
  readonly outcome: string;
}

/** How a target and what is missing to it are written. */
interface Style {
  readonly limit: (number: number) => string;
  readonly gap: (number: number) => string;
}

/** For ratios: a gap is told more exactly than a limit, since it may be small. */
export const ratio: Style = { limit: (number) => number.toFixed(2), gap: (number) => number.toFixed(3) };

/** For bytes. */
export const bytes: Style = { limit: whole.format, gap: whole.format };

export function atLeast(least: number, measured: number | undefined, style: Style): Verdict {
  const gap = measured === undefined ? undefined : least - measured;
  return { target: `≥ ${style.limit(least)}`, outcome: outcome(gap, style) };
}

export function atMost(most: number, measured: number | undefined, style: Style): Verdict {
  const gap = measured === undefined ? undefined : measured - most;
  return { target: `≤ ${style.limit(most)}`, outcome: outcome(gap, style) };
}

/** Both in one cell of a table. */
export function inOneCell(verdict: Verdict | undefined): string {
  return verdict === undefined ? "" : `${verdict.target}: ${verdict.outcome}`;
}

function outcome(gap: number | undefined, { gap: written }: Style): string {
  if (gap === undefined) return "not measured";
  return gap <= 0 ? "met" : `missed by ${written(gap)}`;
}

import type { Summary } from "./statistics.ts";

/** "12,345" */
export const whole: Intl.NumberFormat = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** "1.5" */
export const tenths: Intl.NumberFormat = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** "1.50": ratios, and what is counted for a pair. */
export function hundredths(number: number | undefined): string {
  return number?.toFixed(2) ?? "–";
}

/** Whole, unless it is small. */
export function significant(number: number): string {
  return number < 10 ? number.toFixed(2) : whole.format(number);
}

export function range(summary: Summary | undefined, format: (number: number) => string): string {
  return summary === undefined ? "–" : `${format(summary.p25)}–${format(summary.p75)}`;
}

import { usageError } from "./status.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** From the shortest to the longest that an option takes, as a user writes them. */
export type Range = readonly [from: string, to: string];

/** What timers take, in whole days, and Redis as the expiry of a lock. */
export const LONGEST = "24d";
/** For what has no limit of its own. */
export const A_HUNDRED_YEARS = "36500d";
/** The expiry of a lock, as core takes it. */
export const EXPIRY: Range = ["100ms", LONGEST];

/** The milliseconds of a number with its unit, such as "500ms", "30s", "5m"; NaN for any other text. */
function parse(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return Math.round(Number(number) * (UNITS[unit] ?? Number.NaN));
}

/** A duration that a user gave for an option, in milliseconds. Throws a usage error that names the option, the text and the range. */
export function readDuration(option: string, text: string, [from, to]: Range = ["0s", LONGEST]): number {
  const ms = parse(text);
  if (ms >= parse(from) && ms <= parse(to)) return ms;
  throw usageError(
    `${option} must be a duration from ${from} to ${to}${advice(text)}; it is ${JSON.stringify(text)}`,
  );
}

/** What is to be said of a text that is no duration at all. */
function advice(text: string): string {
  if (!Number.isNaN(parse(text))) return "";
  return /^\d+(\.\d+)?$/.test(text)
    ? `, with its unit: ${text}s for seconds, ${text}ms for milliseconds`
    : ", a number with the unit ms, s, m, h or d";
}

/** A duration for people. */
export function showDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** How long a name is still held, for people; Infinity if its key has no expiry. */
export function showRemaining(ms: number): string {
  return ms === Infinity ? "without an end" : `${showDuration(ms)} left`;
}

import { usageError } from "./status.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A number with its unit, such as "500ms", "30s", "5m", in milliseconds. Throws a usage error that names the option. */
export function readDuration(option: string, text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Math.round(Number(number) * (UNITS[unit] ?? Number.NaN));
  if (Number.isSafeInteger(ms)) return ms;
  const advice = /^\d+(\.\d+)?$/.test(text)
    ? `with its unit: ${text}s for seconds, ${text}ms for milliseconds`
    : "such as 500ms, 30s, 5m, 1h";
  throw usageError(`${option} must be a duration ${advice}; it is ${JSON.stringify(text)}`);
}

/** A duration for people. */
export function showDuration(ms: number): string {
  if (ms === Infinity) return "no end";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

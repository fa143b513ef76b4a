/** What a value must be: of one of these types, and within this range, in words and as a test. */
export type Rule = readonly [types: string, range?: string, isWithin?: (value: never) => boolean];

const MAX_MS = 2 ** 31 - 1;

const isDuration = (ms: number) => ms >= 0 && ms <= MAX_MS;

/** The TTL of a key: up to the longest that every runtime's timers and Redis take, nearly 25 days. */
export const expiry: Rule = [
  "number",
  "an integer from 10 to 2^31-1 ms",
  (ms) => Number.isInteger(ms) && ms >= 10 && isDuration(ms),
];
export const duration: Rule = ["number", "from 0 to 2^31-1 ms", isDuration];
export const delay: Rule = [
  "number or function",
  "from 0 to 2^31-1 ms",
  (ms) => typeof ms === "function" || isDuration(ms),
];
export const count: Rule = [
  "number",
  "an integer from 1, or Infinity",
  (value) => value >= 1 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY),
];
/** A share of something. */
export const factor: Rule = ["number", "at least 0 and less than 1", (value) => value >= 0 && value < 1];
/** A name, or a value: what UTF-8 can carry. Lone surrogates would share their bytes with others. */
export const text: Rule = [
  "string",
  "well-formed Unicode, and not empty",
  (value: string) => value !== "" && value.isWellFormed(),
];

/** Throws a TypeError or a RangeError that names what is wrong, and shows it only where it is a number. */
export function check(what: string, value: unknown, [types, range, isWithin]: Rule): void {
  if (!types.includes(kind(value))) throw new TypeError(`${what} must be a ${types}, not ${kind(value)}`);
  if (isWithin?.(value as never) === false)
    throw new RangeError(`${what} must be ${range}${typeof value === "number" ? `, not ${value}` : ""}`);
}

/** The kind of a wrong argument, never its content. */
export function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  // By what it can do: a signal may come from another realm, or a library.
  return typeof (value as AbortSignal | undefined)?.throwIfAborted === "function" ? "signal" : typeof value;
}

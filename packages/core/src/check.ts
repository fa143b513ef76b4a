/** What a value must be: of one of these types; a number also within these bounds, and whole if it is to be an integer. */
export type Rule = readonly [types: string, from?: number, to?: number, noun?: Noun];

type Noun = "a number" | "an integer" | "a number of milliseconds" | "an integer of milliseconds";

/** The longest that every runtime's timers and Redis take, nearly 25 days. */
export const MAX_MS: number = 2 ** 31 - 1;

/** The TTL of a key. Not less: a user who writes 8, or 30, means seconds. */
export const expiry: Rule = ["number", 100, MAX_MS, "an integer of milliseconds"];
export const duration: Rule = ["number", 0, MAX_MS, "a number of milliseconds"];
export const delay: Rule = ["number or function", 0, MAX_MS, "a number of milliseconds"];
export const count: Rule = ["number", 1, Infinity, "an integer"];
/** A share of something. */
export const factor: Rule = ["number", 0, 1];

/** Throws a TypeError or a RangeError that names what is wrong, and shows it only if it is a number. */
export function check(
  what: string,
  value: unknown,
  [types, from = 0, to = Infinity, noun = "a number"]: Rule,
): void {
  const found = typeName(value);
  if (!types.includes(found))
    throw new TypeError(`${what} must be ${types === "number" ? noun : withArticle(types)}, not ${found}`);
  if (typeof value !== "number") return;
  // Infinity is an integer if the bounds allow it.
  if (value >= from && value <= to && (noun.startsWith("a number") || Math.floor(value) === value)) return;
  throw new RangeError(`${what} must be ${noun} from ${from} to ${to}, not ${value}`);
}

function withArticle(types: string): string {
  if (types === "signal") return "an AbortSignal";
  return `${types === "object" ? "an" : "a"} ${types}`;
}

// Not `isWellFormed`, which came with ES2024: with "u", the two halves of a pair are one character, and no surrogate.
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A name, or a value: what UTF-8 can carry. Lone surrogates would share their bytes with others. */
export function checkText(what: string, value: string): void {
  check(what, value, ["string"]);
  if (value === "" || LONE_SURROGATE.test(value))
    throw new RangeError(`${what} must be well-formed Unicode, and not empty`);
}

/** The kind of a wrong argument, never its content. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  // By what it can do: a signal may come from another realm, or a library.
  return typeof (value as AbortSignal | undefined)?.throwIfAborted === "function" ? "signal" : typeof value;
}

/** The longest duration that every runtime's timers and Redis take: 2^31 − 1 ms, nearly 25 days. */
export const MAX_MS: number = 2 ** 31 - 1;

/** Throws where the value of an option is wrong, naming the option. */
export type Check = (option: string, value: unknown) => unknown;

/** A duration that a timer may be given: 0 to 2^31 − 1 ms. */
export function checkDuration(option: string, ms: unknown): asserts ms is number {
  checkNumber(option, ms);
  if (!(ms >= 0 && ms <= MAX_MS)) throw new RangeError(`${option} must be from 0 to 2^31-1 ms, not ${ms}`);
}

/** A non-empty string that UTF-8 can carry: lone surrogates would share their bytes with others. */
export function checkText(what: string, text: unknown): asserts text is string {
  if (typeof text !== "string") throw new TypeError(`${what} must be a string, not ${kind(text)}`);
  if (text === "") throw new RangeError(`${what} must not be empty`);
  if (!text.isWellFormed()) throw new RangeError(`${what} must be well-formed Unicode`);
}

/** An integer within bounds, inclusive. */
export function checkInteger(min: number, max: number): Check {
  return (option, value) => {
    checkNumber(option, value);
    if (value === max || (Number.isInteger(value) && value >= min && value < max)) return;
    throw new RangeError(`${option} must be an integer from ${min} to ${max}, not ${value}`);
  };
}

/** A share of something: 0 or more, and less than 1. */
export function checkFactor(option: string, value: unknown): void {
  checkNumber(option, value);
  if (!(value >= 0 && value < 1))
    throw new RangeError(`${option} must be at least 0 and less than 1, not ${value}`);
}

/** A value of one of JavaScript's own types. */
export function checkType(type: "boolean" | "function"): Check {
  return (option, value) => {
    if (typeof value !== type) throw new TypeError(`${option} must be a ${type}, not ${kind(value)}`);
  };
}

function checkNumber(option: string, value: unknown): asserts value is number {
  if (typeof value !== "number") throw new TypeError(`${option} must be a number, not ${kind(value)}`);
}

/** The kind of a wrong argument, never its content. */
export function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : typeof value;
}

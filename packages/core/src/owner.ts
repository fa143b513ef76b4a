import { checkText } from "./check.ts";

/** Who a value says it is of: 28 of 100 values of others have a "/", so only what begins with "@" says it. */
const OWNER = /^@([^/]*)\//;
const MAX_LENGTH = 64;
const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}/gu;

/** Throws for what cannot be the `owner` in a value. */
export function checkOwner(owner: string): void {
  if (owner === "") return;
  checkText("owner", owner);
  if (owner.length > MAX_LENGTH || owner.includes("/") || CONTROL.test(owner))
    throw new RangeError(
      `owner must be at most ${MAX_LENGTH} characters, without "/" and control characters`,
    );
}

/** A value that says whose it is. */
export function ownedBy(owner: string, random: string): string {
  return `@${owner}/${random}`;
}

/** An owner that a node tells, fit for a message of one line: nobody knows who wrote it. */
export function shownOwner(text: string): string {
  return text.slice(0, MAX_LENGTH).replace(CONTROLS, "?");
}

/** What proves ownership in a value, and is shown to nobody. */
export function secretOf(value: string): string {
  const [shown = ""] = OWNER.exec(value) ?? [];
  return value.slice(shown.length) || value;
}

/** Throws for a value that no lock may have: with a "~" begin the reservations of waiters. */
export function checkValue(what: string, value: string): void {
  checkText(what, value);
  if (value.startsWith("~")) throw new RangeError(`${what} must not begin with "~"`);
}

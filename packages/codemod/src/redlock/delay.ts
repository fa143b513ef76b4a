import { constantOf } from "../syntax/constants.ts";
import { isPlain, type Node, names } from "../syntax/node.ts";
import { DEFAULTS } from "./library.ts";
import type { Rewriting } from "./rewriting.ts";

/** A property of redlock's settings. */
export interface Setting {
  readonly property: Node;
  readonly value: Node;
}

/** As an operand: what is no name and no number in parentheses. */
export const operand = (text: string): string =>
  /^[\w$.?!]+$/.test(text) || /^[\w$.]+\([^()]*\)$/.test(text) ? text : `(${text})`;

/**
 * A delay as redlock drew it: `delay`, more or less by up to `jitter`, and never negative. Nothing, if what they are cannot be read anew
 * for each retry: then they stay.
 */
export function delayOf(
  rewriting: Rewriting,
  { retryDelay, retryJitter }: { readonly [name in Name]: Setting | undefined },
): string | undefined {
  const delay = partOf(rewriting, "retryDelay", retryDelay);
  const jitter = partOf(rewriting, "retryJitter", retryJitter);
  if (!delay || !jitter) return undefined;
  if (jitter.number === 0) return delay.text;
  if (delay.number === undefined || jitter.number === undefined)
    return `() => Math.max(0, ${operand(delay.text)} + (Math.random() * 2 - 1) * ${operand(jitter.text)})`;
  const [from, span] = [delay.number - jitter.number, 2 * jitter.number];
  if (from === 0) return `() => Math.random() * ${span}`;
  return from > 0
    ? `() => ${from} + Math.random() * ${span}`
    : `() => Math.max(0, ${from} + Math.random() * ${span})`;
}

type Name = "retryDelay" | "retryJitter";

/** One of the two as it is written, and the number, if that is written down. */
interface Part {
  readonly text: string;
  readonly number?: number | undefined;
}

function partOf({ file, mark }: Rewriting, name: Name, setting: Setting | undefined): Part | undefined {
  if (!setting) return { text: String(DEFAULTS[name]), number: DEFAULTS[name] };
  const { property, value } = setting;
  const [text, number] = [value.text(), constantOf(value, file.scopes)];
  // The name of a constant says more than its number.
  if (number !== undefined) return names(value, ".+") ? { text } : { text, number };
  if (isPlain(value) || value.kind() === "shorthand_property_identifier") {
    mark(property, `if ${text} may be no number, give it one: redlock took ${DEFAULTS[name]} then`);
    return { text };
  }
  mark(property, `${name}: ${FIRST}`);
  return undefined;
}

const FIRST =
  "compute it first, and write retryDelay as a number, or as () => Math.max(0, delay + (Math.random() * 2 - 1) * jitter)";

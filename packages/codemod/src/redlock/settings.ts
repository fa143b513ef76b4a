import { childrenOf, endOf, isA, type Node, startOf } from "../syntax/node.ts";
import { DEFAULTS } from "./library.ts";
import type { Rewriting } from "./rewriting.ts";

/** What becomes of redlock's settings. */
export interface Translation {
  /** What each of the properties becomes; nothing if it goes away. */
  readonly properties: ReadonlyMap<Node, string | undefined>;
  /** What redlock did by default, and redsync does otherwise. */
  readonly additions: readonly string[];
}

const isNumber = (text: string) => /^-?[\d._]+$/.test(text);
const numberOf = (text: string) => Number(text.replaceAll("_", ""));
/** As an operand: what is no name and no number in parentheses. */
const operand = (text: string) =>
  /^[\w$.?!]+$/.test(text) || /^[\w$.]+\([^()]*\)$/.test(text) ? text : `(${text})`;

/**
 * Translates an object literal with settings. A new Redlock is given `complete` options, so that it waits for as long as before;
 * the settings of a call change only what they name.
 */
export function translate(rewriting: Rewriting, object: Node | undefined, complete: boolean): Translation {
  const properties = new Map<Node, string | undefined>();
  const values = new Map<string, { property: Node; value: string }>();
  for (const property of childrenOf(object)) {
    const name = (property.field("key") ?? property).text();
    properties.set(property, property.text());
    if (isA(property, "pair", "shorthand_property_identifier"))
      values.set(name, { property, value: (property.field("value") ?? property).text() });
    else
      rewriting.mark(
        property,
        `translate what is spread here: retryCount is tries less one, retryDelay ± retryJitter is retryDelay`,
      );
  }
  const additions: string[] = [];
  const count = values.get("retryCount");
  if (count) properties.set(count.property, tries(rewriting, count.property, count.value));
  else if (complete) additions.push(`tries: ${DEFAULTS.retryCount + 1}`);

  const [delay, jitter] = [values.get("retryDelay"), values.get("retryJitter")];
  const retryDelay = `retryDelay: ${delayOf(delay?.value, jitter?.value)}`;
  if (delay ?? jitter) {
    properties.set((delay ?? jitter)?.property as Node, retryDelay);
    if (delay && jitter) properties.set(jitter.property, undefined);
    else if (!complete) rewriting.mark((delay ?? jitter)?.property as Node, PARTIAL);
  } else if (complete) additions.push(retryDelay);

  const threshold = values.get("automaticExtensionThreshold");
  if (threshold) properties.set(threshold.property, undefined);
  for (const [name, { property }] of values) {
    const message = LEFT[name] ?? (KNOWN.includes(name) ? undefined : `redsync has no option ${name}`);
    if (message) rewriting.mark(property, message);
  }
  return { properties, additions };
}

const KNOWN = ["driftFactor", "retryCount", "retryDelay", "retryJitter", "automaticExtensionThreshold"];

const PARTIAL = "retryDelay and retryJitter are one option here, retryDelay: put in what the other one was";

const SCRIPT =
  "redsync has scripts of its own: remove this, and see docs/adapters.md if they were changed for a server";

const LEFT: Readonly<Record<string, string>> = {
  db: "give ioredisNode() a client of this database, and remove db (the fork selected it, or 0, in its scripts)",
  lockScript: SCRIPT,
  unlockScript: SCRIPT,
  extendScript: SCRIPT,
};

function tries(rewriting: Rewriting, property: Node, value: string): string {
  if (value === "-1" || value === "Infinity") return "tries: Infinity";
  if (isNumber(value)) return `tries: ${numberOf(value) + 1}`;
  rewriting.mark(
    property,
    `tries counts the first attempt too; if ${value} may be -1 (for ever), make it Infinity`,
  );
  return `tries: ${operand(value)} + 1`;
}

/** A delay as redlock drew it: `delay`, more or less by up to `jitter`, and never negative. */
function delayOf(
  delay: string = String(DEFAULTS.retryDelay),
  jitter: string = String(DEFAULTS.retryJitter),
): string {
  if (jitter === "0") return delay;
  if (!isNumber(delay) || !isNumber(jitter))
    return `() => Math.max(0, ${operand(delay)} + (Math.random() * 2 - 1) * ${operand(jitter)})`;
  const [from, span] = [numberOf(delay) - numberOf(jitter), 2 * numberOf(jitter)];
  if (from === 0) return `() => Math.random() * ${span}`;
  return from > 0
    ? `() => ${from} + Math.random() * ${span}`
    : `() => Math.max(0, ${from} + Math.random() * ${span})`;
}

/** The translated properties, as they go into an object literal. */
export function partsOf({ properties, additions }: Translation): string[] {
  return [...properties.values(), ...additions].filter((part) => part !== undefined);
}

/** Whether there are comments in an object literal, or line breaks, which are to stay. */
export const isLaidOut = (object: Node): boolean =>
  object.text().includes("\n") || object.find({ rule: { kind: "comment" } }) !== null;

/** Puts a translation in the place of an object literal, whose lines and comments stay where they are. */
export function putInPlace({ file }: Rewriting, object: Node, translation: Translation): void {
  const kept = [...translation.properties].filter(([, text]) => text !== undefined);
  if (!isLaidOut(object) || kept.length === 0) {
    const parts = partsOf(translation);
    file.replace(startOf(object), endOf(object), parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`);
    return;
  }
  for (const [property, text] of translation.properties) {
    if (text === undefined) removeLines(file, property);
    else if (text !== property.text()) file.replace(startOf(property), endOf(property), text);
  }
  const [last] = kept.at(-1) as [Node, string];
  const indent = file.indentAt(startOf(last));
  const hasComma = file.text.slice(endOf(last)).trimStart().startsWith(",");
  if (translation.additions.length === 0) return;
  const lineEnd = Math.min(file.lineEnd(endOf(last)), endOf(object) - 1);
  if (!hasComma) file.edits.appendLeft(endOf(last), ",");
  const added = translation.additions.map((each) => `${file.newLine}${indent}${each}`).join(",");
  file.edits.appendLeft(lineEnd, hasComma ? `${added},` : added);
}

/** Removes a property with its comma, its line, and the comments that belong to it. */
function removeLines(file: Rewriting["file"], property: Node): void {
  let first = property;
  for (let before = property.prev(); isA(before, "comment"); before = before.prev()) {
    const between = file.text.slice(endOf(before), startOf(first));
    const ownsLine = file.text.slice(file.lineStart(startOf(before)), startOf(before)).trim() === "";
    if (!ownsLine || between.split("\n").length > 2) break;
    first = before;
  }
  const start = file.lineStart(startOf(first));
  const rest = file.text.slice(endOf(property), file.lineEnd(endOf(property)));
  const ownsLines =
    file.text.slice(start, startOf(first)).trim() === "" && /^\s*,?\s*(\/\/.*|\/\*.*\*\/\s*)?$/.test(rest);
  if (ownsLines)
    return file.replace(start, Math.min(file.lineEnd(endOf(property)) + 1, file.text.length), "");
  const comma = /^\s*,\s*/.exec(file.text.slice(endOf(property)))?.[0].length ?? 0;
  file.replace(startOf(property), endOf(property) + comma, "");
}

import { bare, childrenOf, endOf, isA, type Node, startOf, stringOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { delayOf, operand, type Setting } from "./delay.ts";
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
/**
 * Translates an object literal with settings. A new Redlock is given `complete` options, so that it waits for as long as before;
 * the settings of a call change only what they name.
 */
export function translate(rewriting: Rewriting, object: Node | undefined, complete: boolean): Translation {
  const properties = new Map<Node, string | undefined>();
  const values = new Map<string, Setting>();
  for (const property of childrenOf(object)) {
    const key = property.field("key") ?? property;
    const name = stringOf(key) ?? key.text();
    properties.set(property, property.text());
    if (isA(property, "pair", "shorthand_property_identifier"))
      values.set(name, { property, value: property.field("value") ?? property });
    else
      rewriting.mark(
        property,
        `translate what is spread here: retryCount is tries less one, retryDelay ± retryJitter is retryDelay`,
      );
  }
  const additions: string[] = [];
  const count = values.get("retryCount");
  if (count) properties.set(count.property, tries(rewriting, count.property, count.value.text()));
  else if (complete) additions.push(`tries: ${DEFAULTS.retryCount + 1}`);

  const [delay, jitter] = [values.get("retryDelay"), values.get("retryJitter")];
  const drawn = delayOf(rewriting, { retryDelay: delay, retryJitter: jitter });
  const set = delay ?? jitter;
  if (set && drawn !== undefined) {
    properties.set(set.property, `retryDelay: ${drawn}`);
    if (delay && jitter) properties.set(jitter.property, undefined);
    else if (!complete) rewriting.mark(set.property, PARTIAL);
  } else if (complete && !set) additions.push(`retryDelay: ${drawn}`);

  const threshold = values.get("automaticExtensionThreshold");
  if (threshold) properties.set(threshold.property, undefined);
  for (const [name, { property }] of values) {
    const message = LEFT[name] ?? (KNOWN.includes(name) ? undefined : `redsync has no option ${name}`);
    if (message) rewriting.mark(property, message);
  }
  return { properties, additions };
}

/** The object literal that settings are, themselves or by a constant which nobody else uses. */
export function literalOf(file: SourceFile, settings: Node | undefined): Node | undefined {
  const expression = settings && bare(settings);
  if (isA(expression, "object")) return expression;
  const declaration = isA(expression, "identifier") ? file.scopes.declarationOf(expression) : undefined;
  const value = isA(declaration?.by, "variable_declarator") ? declaration.by.field("value") : null;
  const isExported = declaration?.by.ancestors().some((each) => isA(each, "export_statement"));
  if (!declaration || !value || isExported || file.scopes.referencesTo(declaration).length !== 2)
    return undefined;
  return isA(bare(value), "object") ? bare(value) : undefined;
}

/** What is to be done with settings that come from elsewhere. */
export const optionsWanted = (settings: Node): string =>
  `${settings.text()} must be options of redsync: tries (retryCount + 1), retryDelay, driftFactor`;

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
  const last = kept.at(-1)?.[0];
  if (!isLaidOut(object) || !last) {
    const text = literalWith(file, partsOf(translation), file.indentAt(startOf(object)));
    return file.edits.replace(startOf(object), endOf(object), text);
  }
  for (const [property, text] of translation.properties) {
    if (text !== undefined && text !== property.text())
      file.edits.replace(startOf(property), endOf(property), text);
    else if (text === undefined && file.fillsLines(property)) file.removeLines(property);
    else if (text === undefined) removeWithComma(file, property);
  }
  if (translation.additions.length > 0) addBehind(file, object, last, translation.additions);
}

/** An object literal: on one line, unless an option has several itself. */
export function literalWith(file: SourceFile, options: readonly string[], indent: string): string {
  if (options.length === 0) return "{}";
  if (!options.some((each) => each.includes("\n"))) return `{ ${options.join(", ")} }`;
  const inner = `${file.newLine}${indent}${file.unit}`;
  const lines = options.map((each) => `${inner}${each.replaceAll("\n", inner)},`);
  return `{${lines.join("")}${file.newLine}${indent}}`;
}

/** Adds options on lines of their own behind the last property. */
function addBehind(file: SourceFile, object: Node, last: Node, options: readonly string[]): void {
  const line = `${file.newLine}${file.indentAt(startOf(last))}`;
  const hasComma = file.text.slice(endOf(last)).trimStart().startsWith(",");
  const lineEnd = Math.min(file.lineEnd(endOf(last)), endOf(object) - 1);
  const end = file.text[lineEnd - 1] === "\r" ? lineEnd - 1 : lineEnd;
  const added = options.map((each) => `${line}${each.replaceAll("\n", line)}`).join(",");
  if (!hasComma) file.edits.insertBehind(endOf(last), ",");
  file.edits.insertBehind(end, hasComma ? `${added},` : added);
}

function removeWithComma(file: SourceFile, property: Node): void {
  const comma = /^\s*,[ \t]*/.exec(file.text.slice(endOf(property)))?.[0].length ?? 0;
  file.edits.replace(startOf(property), endOf(property) + comma, "");
}

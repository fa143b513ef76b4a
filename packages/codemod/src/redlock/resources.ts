import { constantOf } from "../syntax/constants.ts";
import { childrenOf, endOf, isA, type Node, startOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Rewriting } from "./rewriting.ts";
import { isLaidOut, literalOf, optionsWanted, partsOf, putInPlace, translate } from "./settings.ts";

/** `["a"]` becomes `"a"`: a mutex takes one name as it is. */
export function unwrapSingle({ file }: Rewriting, resources: Node): void {
  const [only, ...others] = isA(resources, "array") ? childrenOf(resources) : [];
  if (!only || others.length > 0 || isA(only, "spread_element") || isLaidOut(resources)) return;
  file.edits.replace(startOf(resources), startOf(only), "");
  file.edits.replace(endOf(only), endOf(resources), "");
}

/**
 * Makes `resources, duration, settings` the arguments of `mutex()`: `resources, { expiry: duration, ...options }`. Returns where the last
 * of them ends.
 */
export function toMutexArguments(
  rewriting: Rewriting,
  [resources, duration, settings]: readonly [Node, Node, Node | undefined],
): number {
  const { file } = rewriting;
  unwrapSingle(rewriting, resources);
  joinLines(file, startOf(resources), "");
  joinLines(file, startOf(duration), " ");
  checkDuration(rewriting, duration);
  file.edits.insertBehind(startOf(duration), duration.text() === "expiry" ? "{ " : "{ expiry: ");
  if (!settings) {
    file.edits.insertBehind(endOf(duration), " }");
    return endOf(duration);
  }
  const parts = settingsOf(rewriting, settings);
  if (parts !== undefined)
    file.edits.replace(endOf(duration), endOf(settings), `${["", ...parts].join(", ")} }`);
  else {
    file.edits.insertBehind(startOf(settings), "...");
    file.edits.insertBehind(endOf(settings), " }");
  }
  return endOf(settings);
}

/** Takes a line break away before an argument. */
function joinLines({ text, edits }: SourceFile, index: number, between: string): void {
  const space = /\s*\n\s*$/.exec(text.slice(0, index))?.[0] ?? "";
  const isAfterComment = text
    .slice(text.lastIndexOf("\n", index - space.length - 1) + 1, index)
    .includes("//");
  if (space !== "" && !isAfterComment) edits.replace(index - space.length, index, between);
}

/** The options of one call; nothing if the settings stay where they are. */
function settingsOf(rewriting: Rewriting, settings: Node): string[] | undefined {
  if (settings.text() === "undefined") return [];
  const literal = literalOf(rewriting.file, settings);
  if (!literal) {
    rewriting.mark(settings, optionsWanted(settings));
    return undefined;
  }
  const translation = translate(rewriting, literal, false);
  const hasComment = literal.find({ rule: { kind: "comment" } }) !== null;
  if (literal.id() === settings.id() && !hasComment) return partsOf(translation);
  putInPlace(rewriting, literal, translation);
  return undefined;
}

/** The durations that redsync takes. */
const [MIN_EXPIRY_MS, MAX_EXPIRY_MS] = [100, 2 ** 31 - 1];

function checkDuration({ file, mark }: Rewriting, duration: Node): void {
  const ms = constantOf(duration, file.scopes);
  if (ms === undefined) return;
  if (ms < MIN_EXPIRY_MS) mark(duration, `an expiry must be at least ${MIN_EXPIRY_MS} ms`);
  if (ms > MAX_EXPIRY_MS) mark(duration, `an expiry must be at most ${MAX_EXPIRY_MS} ms, which is 24 days`);
  if (!Number.isInteger(ms)) mark(duration, "an expiry must be an integer of milliseconds");
}

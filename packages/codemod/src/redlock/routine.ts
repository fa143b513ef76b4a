import type { Knowledge } from "../kinds/kind.ts";
import { usingCallsOf } from "../kinds/redlock-calls.ts";
import { endOf, isA, memberOf, type Node, names, parametersOf, patternOf, startOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Rewriting } from "./rewriting.ts";

/**
 * A routine that is declared in this file, and that nothing else uses, is rewritten as if it was written in the call. Any other is given
 * the signal still.
 */
export function rewriteNamedRoutine(rewriting: Rewriting, call: Node, name: Node): void {
  const { file, know, kindOf, mark } = rewriting;
  const kind = kindOf(name);
  const routine = kind?.is === "function" ? kind : undefined;
  const [first] = routine?.file === file ? usingCallsOf(know, routine.node, file) : [];
  if (routine && first) {
    // Once, though several calls may be given it.
    if (first.id() === call.id()) rewriteRoutine(rewriting, routine.node, true);
    return;
  }
  file.edits.replace(startOf(name), endOf(name), `({ signal }) => ${name.text()}(signal)`);
  if (!routine || needsChange(know, routine.node, routine.file))
    mark(
      call,
      `${name.text()}() is given the signal of the lock, and nothing else: if it reads signal.error, that is signal.reason here`,
    );
}

/** Whether a routine that is still given a signal uses what is not there: its error, or the context of the fork. */
function needsChange(know: Knowledge, routine: Node, file: SourceFile): boolean {
  const [signal, context] = parametersOf(routine);
  if (context) return true;
  if (!signal) return false;
  const pattern = patternOf(signal);
  if (!isA(pattern, "identifier")) return /\berror\b|^\.\.\./.test(pattern.text());
  // By its type it is known to be a signal, and rewritten as such.
  if (know.kindOf(pattern, file)?.is === "signal") return false;
  return usesOf(file, pattern).some((use) => {
    const user = use.parent();
    return memberOf(user)?.name === "error" || isA(user?.field("name"), "object_pattern");
  });
}

/** The routine is given a lock, and takes the signal out of it. Only one that `isNamed` has to say that this is a `Lock`. */
export function rewriteRoutine(rewriting: Rewriting, routine: Node, isNamed = false): void {
  const { file, mark } = rewriting;
  const [signal, context] = parametersOf(routine);
  if (!signal) return;
  const pattern = patternOf(signal);
  if (isA(pattern, "rest_pattern"))
    return mark(signal, "a routine is given a lock alone, whose signal is lock.signal");
  const type = isNamed && signal.field("type") ? `: ${rewriting.imports.type("Lock")}` : "";
  if (context && usesOf(file, patternOf(context)).length > 0)
    return rewriteContext(rewriting, routine, { signal: pattern, context, type });
  const text = pattern.text() === "signal" ? "{ signal }" : `{ signal: ${withReason(pattern.text())} }`;
  const end = endOf(context ?? signal);
  const isBare = isA(routine, "arrow_function") && routine.field("parameter") !== null;
  file.edits.replace(startOf(signal), end, isBare ? `(${text})` : text + type);
}

/** What a pattern takes out of a signal: its error is the reason. */
function withReason(pattern: string): string {
  if (!pattern.startsWith("{")) return pattern;
  return pattern.replace(/\berror\b(\s*:)?/, (_, colon?: string) =>
    colon ? `reason${colon}` : "reason: error",
  );
}

/** All uses of what a parameter is called, besides itself. */
function usesOf(file: SourceFile, pattern: Node): Node[] {
  const declaration = isA(pattern, "identifier") ? file.scopes.declarationOf(pattern) : undefined;
  const uses = declaration ? file.scopes.referencesTo(declaration) : [pattern];
  return uses.filter((use) => !declaration || use.id() !== pattern.id());
}

/** The fork gave routines a context with the lock in it as well. */
function rewriteContext(
  rewriting: Rewriting,
  routine: Node,
  { signal, context, type }: { readonly signal: Node; readonly context: Node; readonly type: string },
): void {
  const { file, mark } = rewriting;
  const lock = ["lock", "held", "heldLock"].find((name) => !names(routine, name)) ?? "redsyncLock";
  file.edits.replace(startOf(signal), endOf(context), lock + type);
  for (const use of usesOf(file, signal)) {
    if (isA(use, "shorthand_property_identifier")) file.edits.insertBehind(endOf(use), `: ${lock}.signal`);
    else file.edits.replace(startOf(use), endOf(use), `${lock}.signal`);
  }
  for (const use of usesOf(file, patternOf(context))) {
    const parent = use.parent();
    if (parent && memberOf(parent)?.name === "lock") file.edits.replace(startOf(parent), endOf(parent), lock);
    else
      mark(
        use,
        `there is no context: the lock is ${lock}, and its extensions are the events "extended" of onEvent`,
      );
  }
}

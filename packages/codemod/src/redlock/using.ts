import {
  bare,
  childrenOf,
  endOf,
  isA,
  isFunction,
  isPlain,
  memberOf,
  type Node,
  parametersOf,
  patternOf,
  startOf,
} from "../syntax/node.ts";
import type { MethodCall } from "./acquire.ts";
import { toMutexArguments } from "./resources.ts";
import type { Rewriting } from "./rewriting.ts";

/**
 * `redlock.using(resources, duration, settings, async (signal) => …)` becomes `redlock.mutex(resources, { expiry: duration })
 * .using(async (lock) => …)`, whose signal is `lock.signal`.
 */
export function rewriteUsing(rewriting: Rewriting, { call, property, args }: MethodCall): void {
  const { file, mark } = rewriting;
  const [resources, duration, ...rest] = args;
  const routine = rest.at(-1);
  const settings = rest.length > 1 ? rest[0] : undefined;
  if (
    !resources ||
    !duration ||
    !routine ||
    rest.length > 2 ||
    args.some((each) => isA(each, "spread_element"))
  )
    return mark(call, "write it as redlock.mutex(resources, { expiry: duration }).using(async (lock) => …)");
  file.edits.replace(startOf(property), endOf(property), "mutex");
  const end = toMutexArguments(rewriting, [resources, duration, settings]);
  const comma = end + file.text.slice(end, startOf(routine)).indexOf(",");
  file.edits.replace(comma, comma + 1, ").using(");
  if (file.text[comma + 1] === " ") file.edits.replace(comma + 1, comma + 2, "");
  if (isFunction(bare(routine))) return rewriteRoutine(rewriting, bare(routine));
  if (!isPlain(routine))
    return mark(call, "using() gives this function a lock, and no signal: give it lock.signal");
  file.edits.replace(startOf(routine), endOf(routine), `({ signal }) => ${routine.text()}(signal)`);
}

/** The routine is given a lock, and takes the signal out of it. */
function rewriteRoutine(rewriting: Rewriting, routine: Node): void {
  const { file } = rewriting;
  const [signal, context] = parametersOf(routine);
  if (!signal) return;
  const pattern = patternOf(signal);
  if (context && usesOf(rewriting, patternOf(context)).length > 0)
    return rewriteContext(rewriting, pattern, context);
  const text = pattern.text() === "signal" ? "{ signal }" : `{ signal: ${withReason(pattern.text())} }`;
  const end = endOf(context ?? signal);
  const isBare = isA(routine, "arrow_function") && routine.field("parameter") !== null;
  file.edits.replace(startOf(signal), end, isBare ? `(${text})` : text);
}

/** What a pattern takes out of a signal: its error is the reason. */
function withReason(pattern: string): string {
  if (!pattern.startsWith("{")) return pattern;
  return pattern.replace(/\berror\b(\s*:)?/, (_, colon?: string) =>
    colon ? `reason${colon}` : "reason: error",
  );
}

/** All uses of what a parameter is called, besides itself. */
function usesOf({ file }: Rewriting, pattern: Node): Node[] {
  const declaration = isA(pattern, "identifier") ? file.scopes.declarationOf(pattern) : undefined;
  const uses = declaration ? file.scopes.referencesTo(declaration) : [pattern];
  return uses.filter((use) => !declaration || use.id() !== pattern.id());
}

/** The fork gave routines a context with the lock in it as well. */
function rewriteContext(rewriting: Rewriting, signal: Node, context: Node): void {
  const { file, mark } = rewriting;
  const taken = /\block\b/.test(context.parent()?.parent()?.text().replaceAll(".lock", "") ?? "");
  const lock = taken ? "held" : "lock";
  file.edits.replace(startOf(signal), endOf(context), lock);
  for (const use of usesOf(rewriting, signal)) {
    if (isA(use, "shorthand_property_identifier")) file.edits.insertBehind(endOf(use), `: ${lock}.signal`);
    else file.edits.replace(startOf(use), endOf(use), `${lock}.signal`);
  }
  for (const use of usesOf(rewriting, patternOf(context))) {
    const parent = use.parent();
    if (parent && memberOf(parent)?.name === "lock") file.edits.replace(startOf(parent), endOf(parent), lock);
    else
      mark(
        use,
        `there is no context: the lock is ${lock}, and its extensions are the events "extended" of onEvent`,
      );
  }
}

/** `signal.error` is `signal.reason` here, also if it is destructured. */
export function rewriteSignal({ file, kindOf }: Rewriting): void {
  for (const read of file.root.findAll({ rule: { kind: "member_expression" } })) {
    const member = memberOf(read);
    if (member?.name === "error" && kindOf(member.object)?.is === "signal")
      file.edits.replace(startOf(member.property), endOf(member.property), "reason");
  }
  for (const pattern of file.root.findAll({ rule: { kind: "object_pattern" } })) {
    const declarator = pattern.parent();
    if (!isA(declarator, "variable_declarator") || kindOf(declarator.field("value"))?.is !== "signal")
      continue;
    for (const property of childrenOf(pattern)) {
      if (property.text() === "error") file.edits.insertBefore(startOf(property), "reason: ");
      const key = property.field("key");
      if (key?.text() === "error") file.edits.replace(startOf(key), endOf(key), "reason");
    }
  }
}

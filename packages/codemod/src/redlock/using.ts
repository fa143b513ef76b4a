import {
  bare,
  childrenOf,
  endOf,
  isA,
  isFunction,
  isPlain,
  type MethodCall,
  memberOf,
  type Node,
  startOf,
} from "../syntax/node.ts";
import { toMutexArguments } from "./resources.ts";
import type { Rewriting } from "./rewriting.ts";
import { rewriteNamedRoutine, rewriteRoutine } from "./routine.ts";

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
  toMutexArguments(rewriting, [resources, duration, settings]);
  const commas = routine.prevAll().filter((each) => each.kind() === ",");
  const comma = Math.max(...commas.map(startOf));
  file.edits.replace(comma, comma + 1, `).using${typesOf(rewriting, call)}(`);
  if (file.text[comma + 1] === " ") file.edits.replace(comma + 1, comma + 2, "");
  if (isFunction(bare(routine))) return rewriteRoutine(rewriting, bare(routine));
  if (isPlain(routine)) return rewriteNamedRoutine(rewriting, call, routine);
  mark(call, "using() gives this function a lock, and no signal: give it lock.signal");
}

/** The type of the result goes along. One with a type of redlock, which would be renamed, is left to be inferred. */
function typesOf({ file, know }: Rewriting, call: Node): string {
  const types = call.field("type_arguments");
  if (!types) return "";
  file.edits.replace(startOf(types), endOf(types), "");
  const names = types.findAll({ rule: { any: [{ kind: "type_identifier" }, { kind: "identifier" }] } });
  const isOfLibrary = names.some((name) =>
    ["export", "constructor"].includes(know.kindOfName(name, file)?.is ?? ""),
  );
  return isOfLibrary ? "" : types.text();
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

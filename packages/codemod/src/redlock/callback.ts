import { isA, isFunction, type Node, startOf } from "../syntax/node.ts";
import type { Rewriting } from "./rewriting.ts";

/** Whether the third argument of a call is a callback of redlock 4, and no settings. */
export function isCallback(rewriting: Rewriting, node: Node, method: string): boolean {
  if (isFunction(node) || rewriting.kindOf(node)?.is === "function") return true;
  if (isA(node, "object")) return false;
  return method === "lock" || /^(cb|done|next|callback)$|callback$/i.test(node.text());
}

/**
 * A call with a callback becomes `callbackify(() => call)(callback)`, which calls back in the same way. What is between `end` and the
 * callback is replaced by `suffix`.
 */
export function callbackify(
  rewriting: Rewriting,
  call: Node,
  { end, suffix, callback }: { readonly end: number; readonly suffix: string; readonly callback: Node },
): void {
  const { file, imports, mark } = rewriting;
  if (!isA(call.parent(), "expression_statement"))
    mark(call, "callbackify() returns nothing, and this was a promise: use it, or the callback");
  file.edits.insertBefore(startOf(call), `${imports.value("node:util", "callbackify")}(() => `);
  file.edits.replace(end, startOf(callback), `${suffix})(`);
}

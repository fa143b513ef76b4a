import { isA, type Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/**
 * A text that two durations share only if they are the same: literals, and names that are declared at the same place. Undefined if that
 * cannot be said, as of the result of a call.
 */
export function durationKey(node: Node | undefined, file: SourceFile): string | undefined {
  if (!node || node.find({ rule: { any: [{ kind: "call_expression" }, { kind: "await_expression" }] } }))
    return undefined;
  const names = isA(node, "identifier") ? [node] : node.findAll({ rule: { kind: "identifier" } });
  const declared = names.map((name) => `${file.path} ${file.scopes.declarationOf(name)?.name.id()}`);
  return [node.text().replaceAll("_", ""), ...declared].join(" ");
}

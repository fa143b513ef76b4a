import { isA, type Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { type Kind, VARIOUS } from "./kind.ts";

/**
 * A text that two durations share only if they are the same: literals, and names that are declared at the same place. Undefined if that
 * cannot be said, as of the result of a call, and of a name that is assigned to.
 */
export function durationKey(node: Node | undefined, file: SourceFile): string | undefined {
  if (!node || node.find({ rule: { any: [{ kind: "call_expression" }, { kind: "await_expression" }] } }))
    return undefined;
  const names = isA(node, "identifier") ? [node] : node.findAll({ rule: { kind: "identifier" } });
  const declarations = names.map((name) => file.scopes.declarationOf(name)?.name);
  if (declarations.some((name) => name && isReassigned(name, file))) return undefined;
  const declared = declarations.map((name) => `${file.path} ${name?.id()}`);
  return [node.text().replaceAll("_", ""), ...declared].join(" ");
}

/** A lock that is acquired with a duration. */
export function lockFor(duration: Node | undefined, file: SourceFile): Kind {
  return { is: "lock", duration: durationKey(duration, file) ?? VARIOUS };
}

/** Whether a name gets another value than that of its declaration. */
function isReassigned(name: Node, file: SourceFile): boolean {
  return file.scopes.assignmentsTo(name).length > 0;
}

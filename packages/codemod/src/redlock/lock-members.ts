import { childrenOf, endOf, isA, memberOf, type Node, startOf } from "../syntax/node.ts";
import type { Rewriting } from "./rewriting.ts";

const LEFT: Readonly<Record<string, string>> = {
  value:
    "a value is another text here, and proves ownership: to give the lock to another process, see handOver() and adopt()",
  attempts: 'a lock does not tell of its attempts: see the event "acquired" of onEvent',
  attemptsRemaining: 'a lock does not tell of its attempts: see the event "acquired" of onEvent',
  redlock: "a lock does not tell what made it",
  resource: "lock.names are the names, also if it is one; lock.name is all of them in one text",
  settings: "a lock does not tell its options",
  extend: "extend() takes no duration, and resolves to nothing",
};

const NAMES = ["expiration", "resources", ...Object.keys(LEFT)];

/** What is read of a lock: `lock.resources` becomes `lock.names`, `lock.expiration` becomes `lock.until` or `lock.remaining()`. */
export function rewriteLockMember(rewriting: Rewriting, node: Node): void {
  const { file, mark } = rewriting;
  const member = memberOf(node);
  // Not called, but passed on: methods of a lock may be.
  if (member?.name === "release")
    return file.edits.replace(startOf(member.property), endOf(member.property), "unlock");
  if (!member || !NAMES.includes(member.name)) return;
  const isWritten =
    isA(node.parent(), "assignment_expression") && node.parent()?.field("left")?.id() === node.id();
  if (isWritten) return mark(node, `${member.name} of a lock cannot be set`);
  if (member.name === "resources")
    return file.edits.replace(startOf(member.property), endOf(member.property), "names");
  if (member.name === "expiration") return rewriteExpiration(rewriting, node, member.property);
  mark(node, LEFT[member.name] ?? "");
}

/** Compared with the present it is what remains; else a moment. */
function rewriteExpiration({ file }: Rewriting, node: Node, property: Node): void {
  const parent = node.parent();
  const operator = parent?.field("operator")?.text() ?? "";
  const isLeft = parent?.field("left")?.id() === node.id();
  const isNow = parent?.field(isLeft ? "right" : "left")?.text() === "Date.now()";
  const comparison = isLeft ? operator : ({ "<": ">", "<=": ">=", ">": "<", ">=": "<=" }[operator] ?? "");
  const rest =
    operator === "-" && isLeft
      ? ""
      : ({ ">": " > 0", ">=": " > 0", "<": " === 0", "<=": " === 0" } as Record<string, string>)[comparison];
  if (!parent || !isNow || rest === undefined)
    return file.edits.replace(startOf(property), endOf(property), "until.getTime()");
  file.edits.replace(startOf(property), isLeft ? endOf(parent) : endOf(property), `remaining()${rest}`);
  if (!isLeft) file.edits.replace(startOf(parent), startOf(node), "");
}

/** `const { value } = lock`. */
export function rewriteLockPattern({ mark }: Rewriting, pattern: Node): void {
  for (const property of childrenOf(pattern)) {
    const name = (property.field("key") ?? property).text();
    if (NAMES.includes(name))
      mark(property, LEFT[name] ?? "a lock has names and until here, in place of resources and expiration");
  }
}

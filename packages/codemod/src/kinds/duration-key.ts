import { isA, type Node, subscriptOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { isChanged, isPropertyChanged } from "../syntax/written.ts";
import { classOf, extentOf, memberAround, within } from "./confined.ts";
import { type Kind, type Knowledge, VARIOUS } from "./kind.ts";

/** What may have another value each time. */
const VARYING = [
  "call_expression",
  "new_expression",
  "await_expression",
  "yield_expression",
  "assignment_expression",
  "augmented_assignment_expression",
  "update_expression",
];

/**
 * A text that two durations share only if they are the same: literals, and names that are declared at the same place. Undefined if that
 * cannot be said, as of the result of a call, and of what is assigned to.
 */
export function durationKey(know: Knowledge, node: Node | undefined, file: SourceFile): string | undefined {
  if (!node || VARYING.some((kind) => within(node, kind).length > 0)) return undefined;
  const owners = within(node, "this").map(ownerOf);
  const read = [...within(node, "member_expression"), ...within(node, "subscript_expression")];
  if (owners.includes(undefined)) return undefined;
  const written = know.files.map((each) => each.written);
  if (read.some((each) => isPropertyChanged(each, file.written, written))) return undefined;
  const declarations = within(node, "identifier").map((name) => file.scopes.declarationOf(name));
  if (declarations.some((each) => each && isChanged(each, file.scopes))) return undefined;
  const places = [...owners, ...declarations.map((each) => each?.name.id())];
  return [node.text().replaceAll("_", ""), ...places.map((place) => `${file.path} ${place}`)].join(" ");
}

/** The class of a `this` that is read, and whether it is the class itself. Nothing, if what is read may be computed each time. */
function ownerOf(self: Node): string | undefined {
  const member = memberAround(self);
  const owner = member && classOf(member);
  const read = self.parent();
  const name = read?.field("property")?.text();
  const getters = owner?.field("body")?.children() ?? [];
  const isComputed =
    subscriptOf(read) !== undefined ||
    getters.some((each) => isA(each, "method_definition") && each.field("name")?.text() === name);
  if (!owner || isComputed) return undefined;
  return `${owner.id()}${member.children().some((each) => each.kind() === "static") ? " static" : ""}`;
}

/** A lock that is acquired with a duration. */
export function lockFor(know: Knowledge, duration: Node | undefined, file: SourceFile): Kind {
  const key = durationKey(know, duration, file);
  if (!duration || key === undefined) return { is: "lock", duration: VARIOUS };
  return { is: "lock", duration: key, within: extentOf(duration, file) };
}

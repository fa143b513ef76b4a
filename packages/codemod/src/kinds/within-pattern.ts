import { childrenOf, endOf, isA, type Node, startOf } from "../syntax/node.ts";
import { elementOf, type Kind, type Knowledge, listOf } from "./kind.ts";

/** What a name within a pattern gets of the whole. */
export function within(
  know: Knowledge,
  whole: Kind | undefined,
  pattern: Node | null | undefined,
  name: Node,
): Kind | undefined {
  if (!pattern || !whole) return undefined;
  if (pattern.id() === name.id()) return whole;
  // `name = value`, which is given if there is none.
  if (isA(pattern, "assignment_pattern")) return within(know, whole, pattern.field("left"), name);
  const child = childrenOf(pattern).find(
    (each) => startOf(each) <= startOf(name) && endOf(name) <= endOf(each),
  );
  if (!child) return undefined;
  const isRest = isA(child, "rest_pattern");
  const inner = isRest ? childrenOf(child)[0] : child;
  if (isA(pattern, "array_pattern")) {
    const part = isRest ? listOf(elementOf(whole)) : elementAt(whole, positionOf(pattern, child));
    return within(know, part, inner, name);
  }
  if (isRest) return within(know, whole, inner, name);
  if (isA(child, "pair_pattern"))
    return within(
      know,
      know.kindOfMember(whole, child.field("key")?.text() ?? ""),
      child.field("value"),
      name,
    );
  const own = isA(child, "object_assignment_pattern") ? child.field("left") : child;
  return own ? know.kindOfMember(whole, own.text()) : undefined;
}

const elementAt = (whole: Kind, index: number) => (whole.is === "tuple" ? whole.of[index] : elementOf(whole));

/** The place of an element in an array: `[, second]` leaves one out. */
function positionOf(pattern: Node, child: Node): number {
  return pattern.children().filter((each) => each.kind() === "," && startOf(each) < startOf(child)).length;
}

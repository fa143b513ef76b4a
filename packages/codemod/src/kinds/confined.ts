import { constantOf } from "../syntax/constants.ts";
import { isClass } from "../syntax/fillings.ts";
import { endOf, isA, isFunction, type Node, startOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { type Kind, VARIOUS } from "./kind.ts";

/** A part of a file. */
export interface Extent {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** The nodes of a kind in an expression, with itself. */
export function within(node: Node, kind: string): Node[] {
  const all = [...(isA(node, kind) ? [node] : []), ...node.findAll({ rule: { kind } })];
  return [...new Map(all.map((each) => [each.id(), each])).values()];
}

/** The member of a class whose instance, or which itself, `this` is: nothing, if it may be anything. */
export function memberAround(self: Node): Node | undefined {
  const around = self.ancestors().find((each) => isFunction(each) && each.kind() !== "arrow_function");
  const inBody = self.ancestors().find((each) => isA(each.parent(), "class_body"));
  const isOwn = !around || !inBody || around.id() === inBody.id() || startOf(around) < startOf(inBody);
  return isOwn ? inBody : undefined;
}

/** The class of a member. */
export const classOf = (member: Node): Node | undefined => member.ancestors().find(isClass);

const BINDING = ["for_in_statement", "for_statement", "while_statement", "do_statement"];

/**
 * The part of a file in which an expression has one value: what a call, a turn of a loop or an instance has for itself, the next one may
 * have otherwise. Undefined if it has only one anywhere.
 */
export function extentOf(node: Node, file: SourceFile): Extent | undefined {
  const names = within(node, "identifier").flatMap((name) => {
    const declared = constantOf(name, file.scopes) === undefined && file.scopes.declarationOf(name);
    return declared
      ? declared.name.ancestors().find((each) => isFunction(each) || isA(each, ...BINDING))
      : [];
  });
  const owners = within(node, "this").map((self) => self.ancestors().find(isClass));
  const around = [...names, ...owners].filter((each) => each !== undefined);
  // All of them are around the expression, so the last one to begin is the innermost.
  const [inner] = around.sort((one, other) => startOf(other) - startOf(one));
  return inner && placeOf(inner, file);
}

export const placeOf = (node: Node, { path }: SourceFile): Extent => ({
  path,
  start: startOf(node),
  end: endOf(node),
});

export function holds(extent: Extent, place: Extent): boolean {
  return extent.path === place.path && extent.start <= place.start && place.end <= extent.end;
}

/** What is kept at a place: of a lock whose duration has one value only within some part, outside of it the duration may be any. */
export function confined(kind: Kind | undefined, place: Extent): Kind | undefined {
  switch (kind?.is) {
    case "lock":
      return kind.within && !holds(kind.within, place) ? { is: "lock", duration: VARIOUS } : kind;
    case "promise":
    case "list":
    case "map":
    case "record":
      return { ...kind, of: confined(kind.of, place) ?? kind.of };
    case "tuple":
      return { ...kind, of: kind.of.map((each) => confined(each, place)) };
    case "context":
      return { ...kind, lock: confined(kind.lock, place) ?? kind.lock };
    default:
      return kind;
  }
}

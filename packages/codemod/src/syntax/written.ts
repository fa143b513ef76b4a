import { functionAround, isA, memberOf, type Node, stringOf, subscriptOf } from "./node.ts";
import type { Declaration, Scopes } from "./scopes.ts";

/** What is within the left side of an assignment, and may be assigned to by it. */
const PATTERNS = [
  "array_pattern",
  "object_pattern",
  "pair_pattern",
  "assignment_pattern",
  "object_assignment_pattern",
  "rest_pattern",
  "parenthesized_expression",
  "non_null_expression",
  "as_expression",
];

/** Whether a name, or a property, is given a value where it stands. */
function isWritten(node: Node): boolean {
  const user = node.parent();
  const isAt = (field: string) => user?.field(field)?.id() === node.id();
  if (isA(user, "update_expression")) return true;
  if (isA(user, "unary_expression")) return user.field("operator")?.text() === "delete";
  if (isA(user, "assignment_expression", "augmented_assignment_expression")) return isAt("left");
  if (isA(user, "for_in_statement")) return isAt("left");
  // `var` may declare a name again.
  if (isA(user, "variable_declarator")) return isAt("name");
  return isA(user, ...PATTERNS) && !isAt("right") && !isAt("key") && isWritten(user);
}

/** Whether a name gets another value than that of its declaration. */
export function isChanged(declaration: Declaration, scopes: Scopes): boolean {
  return scopes.referencesTo(declaration).some((use) => use.id() !== declaration.name.id() && isWritten(use));
}

/**
 * The properties that are given a value in a file, but for a class's own in its constructor: by their names, of whatever object, and by
 * their objects.
 */
export function writtenIn(root: Node): ReadonlySet<string> {
  const found = new Set<string>();
  for (const each of root.findAll({
    rule: { any: [{ kind: "member_expression" }, { kind: "subscript_expression" }] },
  })) {
    const { object, name } = partsOf(each);
    if (!isWritten(each) || isInConstructor(each, object)) continue;
    found.add(name === undefined ? anyOf(object) : `.${name}`).add(someOf(object));
  }
  return found;
}

/** One that is computed may be any of its object. */
const anyOf = (object: string | undefined) => `${object}[any]`;
const someOf = (object: string | undefined) => `${object}[some]`;

/** Whether a property may get another value, by what is written in its own file and in all of them. */
export function isPropertyChanged(
  property: Node,
  own: ReadonlySet<string>,
  all: readonly ReadonlySet<string>[],
): boolean {
  const { object, name } = partsOf(property);
  if (name === undefined) return own.has(someOf(object));
  return own.has(anyOf(object)) || all.some((each) => each.has(`.${name}`));
}

function partsOf(node: Node): { readonly object: string | undefined; readonly name: string | undefined } {
  const { object, index } = subscriptOf(node) ?? {};
  return {
    object: (memberOf(node)?.object ?? object)?.text(),
    name: memberOf(node)?.name ?? stringOf(index),
  };
}

const isInConstructor = (written: Node, object: string | undefined) =>
  object === "this" && functionAround(written)?.field("name")?.text() === "constructor";

import { argumentsOf, bare, isA, memberOf, methodCallOf, type Node, stringOf, subscriptOf } from "./node.ts";
import type { Scopes } from "./scopes.ts";

/** What is put somewhere: at a place itself, or into the collection that is there. */
export interface Filling {
  readonly value: Node;
  readonly as: "itself" | "list" | "map" | "record";
}

/** What is put into collections and properties, anywhere in one file: `locks[name] = lock`, `state.lock = lock`, `locks.push(lock)`. */
export class Fillings {
  readonly #root: Node;
  readonly #scopes: Scopes;
  /** By place. It is looked for when it is first asked for. */
  #known: Map<string, Filling[]> | undefined;

  constructor(root: Node, scopes: Scopes) {
    this.#root = root;
    this.#scopes = scopes;
  }

  at(place: string | undefined): readonly Filling[] {
    this.#known ??= this.#find();
    return (place !== undefined && this.#known.get(place)) || [];
  }

  /** A text that two expressions share if they mean the same variable, or the same property of it. All elements are at one place. */
  placeOf(given: Node): string | undefined {
    const node = bare(given);
    if (isA(node, "this")) return placeInClass(node.ancestors().find(isClass), "");
    if (isA(node, "identifier"))
      return placeOfName(this.#scopes.declarationOf(node)?.name ?? node, node.text());
    const subscript = subscriptOf(node);
    const name = memberOf(node)?.name ?? stringOf(subscript?.index);
    const method = methodCallOf(node);
    const isElement = subscript !== undefined || (method?.name === "get" && method.args.length === 1);
    const object = memberOf(node)?.object ?? subscript?.object ?? (isElement ? method?.object : undefined);
    const place = object && this.placeOf(object);
    return place === undefined ? undefined : place + (name === undefined ? "[]" : `.${name}`);
  }

  #find(): Map<string, Filling[]> {
    const found = new Map<string, Filling[]>();
    const add = (into: Node, value: Node, as: Filling["as"]) => {
      const place = this.placeOf(into);
      if (place !== undefined) found.set(place, [...(found.get(place) ?? []), { value, as }]);
    };
    for (const node of this.#root.findAll({ rule: { any: FILLING.map((kind) => ({ kind })) } }))
      if (isA(node, "call_expression")) addCall(node, add);
      else addAssignment(node, add);
    return found;
  }
}

type Add = (into: Node, value: Node, as: Filling["as"]) => void;

const FILLING = ["assignment_expression", "augmented_assignment_expression", "call_expression"];

function addAssignment(assignment: Node, add: Add): void {
  const [left, value] = [assignment.field("left"), assignment.field("right")];
  const operator = assignment.field("operator")?.text() ?? "=";
  if (!left || !value || !["=", "??=", "||=", "&&="].includes(operator)) return;
  const subscript = subscriptOf(bare(left));
  if (subscript && stringOf(subscript.index) === undefined) add(subscript.object, value, "record");
  else if (subscript || memberOf(bare(left))) add(left, value, "itself");
}

function addCall(call: Node, add: Add): void {
  const method = methodCallOf(call);
  if (!method) return;
  const { name, object, args } = method;
  if (name === "set" && args[1]) add(object, args[1], "map");
  const from = { push: 0, unshift: 0, add: 0, splice: 2 }[name];
  for (const value of from === undefined ? [] : argumentsOf(call).slice(from)) add(object, value, "list");
}

export const isClass = (node: Node): boolean =>
  isA(node, "class_declaration", "abstract_class_declaration", "class");

/** The place of a variable, by the name in its declaration. */
export const placeOfName = (declared: Node, text: string): string => `${declared.id()} ${text}`;

/** The place of a property of `this`, by the class around it. */
export const placeInClass = (owner: Node | undefined, name: string): string =>
  `${owner?.id()} this${name && `.${name}`}`;

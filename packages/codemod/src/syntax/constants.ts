import { childrenOf, isA, type Node } from "./node.ts";
import type { Scopes } from "./scopes.ts";

/** The number that an expression is, if it is written down: of literals, and of constants of the same file. */
export function constantOf(node: Node | null | undefined, scopes: Scopes, depth = 0): number | undefined {
  if (!node || depth > 20) return undefined;
  const of = (each: Node | null | undefined) => constantOf(each, scopes, depth + 1);
  switch (node.kind()) {
    case "number":
      return numberOf(node.text());
    case "parenthesized_expression":
    case "as_expression":
    case "satisfies_expression":
      return of(childrenOf(node)[0]);
    case "unary_expression": {
      const value = of(node.field("argument"));
      const sign = { "-": -1, "+": 1 }[node.field("operator")?.text() ?? ""];
      return value === undefined || sign === undefined ? undefined : sign * value;
    }
    case "binary_expression": {
      const [left, right] = [of(node.field("left")), of(node.field("right"))];
      const compute = OPERATORS[node.field("operator")?.text() ?? ""];
      return left === undefined || right === undefined ? undefined : compute?.(left, right);
    }
    case "identifier":
    case "shorthand_property_identifier":
      return of(valueOfConstant(node, scopes));
    default:
      return undefined;
  }
}

/** The number that a literal is; nothing, if it is one of another kind, such as a bigint. */
function numberOf(text: string): number | undefined {
  const value = Number(text.replaceAll("_", ""));
  return Number.isNaN(value) ? undefined : value;
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "**": (left, right) => left ** right,
};

function valueOfConstant(name: Node, scopes: Scopes): Node | undefined {
  const declaration = scopes.declarationOf(name);
  const { by } = declaration ?? {};
  const isConstant = isA(by, "variable_declarator") && by.parent()?.children()[0]?.text() === "const";
  if (!declaration || !isConstant || by?.field("name")?.id() !== declaration.name.id()) return undefined;
  return by.field("value") ?? undefined;
}

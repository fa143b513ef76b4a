import { isA, type Node } from "../syntax/node.ts";

/** What a new Redlock is assigned to, as it is written. */
export function targetOf(construction: Node): string | undefined {
  const parent = construction
    .ancestors()
    .find((each) => !isA(each, "parenthesized_expression", "as_expression"));
  if (isA(parent, "variable_declarator")) return parent.field("name")?.text();
  if (isA(parent, "assignment_expression")) return parent.field("left")?.text();
  if (isA(parent, "public_field_definition", "field_definition"))
    return `this.${parent.field("name")?.text()}`;
  return undefined;
}

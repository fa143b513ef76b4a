import { childrenOf, isA, memberOf, type Node, stringOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Kind, Knowledge } from "./kind.ts";

/** What a file exports under a name, in ES modules or CommonJS. */
export function kindOfExportIn(know: Knowledge, file: SourceFile, name: string): Kind | undefined {
  for (const statement of childrenOf(file.root)) {
    const found = isA(statement, "export_statement")
      ? inExport(know, statement, file, name)
      : inAssignment(know, statement, file, name);
    if (found) return found;
  }
  return undefined;
}

function inExport(know: Knowledge, statement: Node, file: SourceFile, name: string): Kind | undefined {
  const source = stringOf(statement.field("source"));
  const from = source === undefined ? undefined : know.kindOfModule(source, file);
  const clause = childrenOf(statement).find((each) => isA(each, "export_clause"));
  for (const each of childrenOf(clause)) {
    const own = each.field("name");
    if (!own || (each.field("alias") ?? own).text() !== name) continue;
    return source === undefined ? know.kindOfName(own, file) : know.kindOfMember(from, own.text());
  }
  if (source !== undefined) return clause ? undefined : know.kindOfMember(from, name);
  const isDefault = statement.children().some((each) => each.kind() === "default");
  if (isDefault && name !== "default") return undefined;
  if (isDefault) return know.kindOf(statement.field("value"), file) ?? declared(know, statement, file);
  return declared(know, statement, file, name);
}

/** What is declared behind `export`. */
function declared(know: Knowledge, statement: Node, file: SourceFile, name?: string): Kind | undefined {
  const declaration = statement.field("declaration");
  const names = isA(declaration, "lexical_declaration", "variable_declaration")
    ? declaration.findAll({
        rule: { any: [{ kind: "identifier" }, { kind: "shorthand_property_identifier_pattern" }] },
      })
    : [declaration?.field("name") ?? undefined];
  const own = names.find((each) => each && (name === undefined || each.text() === name));
  return own && know.kindOfName(own, file);
}

/** `module.exports = …`, `module.exports.name = …`, `exports.name = …`. */
function inAssignment(know: Knowledge, statement: Node, file: SourceFile, name: string): Kind | undefined {
  const [assignment] = childrenOf(statement);
  if (!isA(statement, "expression_statement") || !isA(assignment, "assignment_expression")) return undefined;
  const left = assignment.field("left");
  const right = assignment.field("right");
  if (left?.text() === "module.exports") {
    const whole = know.kindOf(right, file);
    return name === "default" || name === "module.exports" ? whole : know.kindOfMember(whole, name);
  }
  const member = memberOf(left);
  const isOwn = ["exports", "module.exports"].includes(member?.object.text() ?? "") && member?.name === name;
  return isOwn ? know.kindOf(right, file) : undefined;
}

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
  // `export = …` of TypeScript.
  if (statement.children().some((each) => each.kind() === "="))
    return kindInWhole(know, know.kindOf(childrenOf(statement)[0], file), name);
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
  return assigned(know, assignment, file, name);
}

function assigned(know: Knowledge, assignment: Node, file: SourceFile, name: string): Kind | undefined {
  const left = assignment.field("left");
  const right = assignment.field("right");
  if (left?.text() === "module.exports") return kindInWhole(know, know.kindOf(right, file), name);
  const member = memberOf(left);
  const isOwn = ["exports", "module.exports"].includes(member?.object.text() ?? "") && member?.name === name;
  if (isOwn) return know.kindOf(right, file);
  // `exports = module.exports = …`
  return isA(right, "assignment_expression") ? assigned(know, right, file, name) : undefined;
}

function kindInWhole(know: Knowledge, whole: Kind | undefined, name: string): Kind | undefined {
  return name === "default" || name === "module.exports" ? whole : know.kindOfMember(whole, name);
}

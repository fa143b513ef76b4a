import { bare, childrenOf, endOf, isA, memberOf, type Node, startOf } from "../syntax/node.ts";
import { specifierOf } from "../syntax/required.ts";
import type { Declaration } from "../syntax/scopes.ts";
import type { Rewriting } from "./rewriting.ts";

/** Removes the imports of what only calls have used that are rewritten: `using` of bluebird. What is made in another way is marked. */
export function removeUnused(rewriting: Rewriting): void {
  const { file, mark, dropped } = rewriting;
  const declared = dropped.flatMap((name) => file.scopes.declarationOf(name) ?? []);
  for (const declaration of new Map(declared.map((each) => [each.name.id(), each])).values()) {
    if (isUsed(rewriting, declaration)) continue;
    const part = partOf(rewriting, declaration);
    if (part) removePart(rewriting, part);
    else if (isA(declaration.by, "variable_declarator"))
      mark(declaration.by, `nothing uses ${declaration.name.text()} any more: remove it`);
  }
}

/** Removes `const { LockError } = Redlock` if there were uses of it, and all are rewritten. Returns whether it did. */
export function removeIfUnused(rewriting: Rewriting, declarator: Node): boolean {
  const pattern = declarator.field("name");
  const parts = isA(pattern, "object_pattern") ? childrenOf(pattern) : [pattern];
  const declared = parts.flatMap((part) => {
    const name = isA(part, "pair_pattern") ? part.field("value") : part;
    return isA(name, "identifier", "shorthand_property_identifier_pattern") ? { name, by: declarator } : [];
  });
  const isUnused =
    declared.length === parts.length &&
    declared.some((each) => rewriting.file.scopes.referencesTo(each).length > 1) &&
    !declared.some((each) => isUsed(rewriting, each));
  if (isUnused) removePart(rewriting, declarator);
  return isUnused;
}

function isUsed({ file }: Rewriting, declaration: Declaration): boolean {
  const isExported = declaration.by.ancestors().some((each) => isA(each, "export_statement"));
  const uses = file.scopes.referencesTo(declaration).filter((use) => use.id() !== declaration.name.id());
  return isExported || uses.some((use) => !file.edits.replaces(startOf(use), endOf(use)));
}

/** What declares a name and nothing else, in an import or in a declaration by `require()`. */
function partOf({ file }: Rewriting, { name, by }: Declaration): Node | undefined {
  if (by.ancestors().some((each) => isA(each, "import_statement"))) return by;
  const call = isA(by, "variable_declarator") ? loadedBy(by.field("value")) : undefined;
  if (!call || !specifierOf(call, file.scopes)) return undefined;
  const pattern = by.field("name");
  if (pattern?.id() === name.id()) return by;
  const parts = childrenOf(pattern);
  // What is left out is in the rest.
  if (parts.some((each) => isA(each, "rest_pattern"))) return undefined;
  return parts.find((each) => (each.field("value") ?? each).id() === name.id());
}

/** `require("x")` of `require("x").name`, and `import("x")` of `(await import("x")).name`. */
function loadedBy(value: Node | null | undefined): Node | undefined {
  const node = value && bare(value);
  if (isA(node, "call_expression")) return node;
  const inner = isA(node, "await_expression") ? childrenOf(node)[0] : memberOf(node)?.object;
  return inner && loadedBy(inner);
}

const STATEMENTS = ["import_statement", "lexical_declaration", "variable_declaration"];
const LISTS = ["named_imports", "import_clause", "object_pattern", ...STATEMENTS.slice(1)];

/** Removes a part of a list, or with the last one of it what the list is part of. */
function removePart(rewriting: Rewriting, part: Node): void {
  const { edits } = rewriting.file;
  const around = part.parent();
  if (!around || isA(part, ...STATEMENTS)) return removeStatement(rewriting, part);
  const parts = isA(around, ...LISTS) ? childrenOf(around) : [];
  const index = parts.findIndex((each) => each.id() === part.id());
  const [before, after] = [parts[index - 1], parts[index + 1]];
  if (after) edits.remove(startOf(part), startOf(after));
  else if (before) edits.remove(endOf(before), endOf(part));
  else removePart(rewriting, around);
}

/** The comment above a statement may be that of the file, and stays. */
function removeStatement({ file }: Rewriting, statement: Node): void {
  const [start, end] = [startOf(statement), endOf(statement)];
  if (file.fillsLines(statement)) file.edits.remove(file.lineStart(start), file.lineEnd(end) + 1);
  else file.edits.remove(start, end);
}

import { childrenOf, endOf, isA, type Node, startOf } from "../syntax/node.ts";
import type { Binding, LibraryImport } from "./bindings.ts";
import type { Manner } from "./imports.ts";
import { namesLibrary } from "./library.ts";
import type { Rewriting } from "./rewriting.ts";

/** Puts the new imports in the place of the library's, of which stays what is `left` to the user. */
export function rewriteImports(
  rewriting: Rewriting,
  found: readonly LibraryImport[],
  left: readonly Binding[],
): void {
  const { file, mark } = rewriting;
  // What a function requires has its names there alone: redsync's are imported where all of the file sees them.
  const first = found.find(({ statement }) => isAtTop(statement));
  const texts = new Map(found.map((each) => [each, keptOf(each, left).join("")]));
  if (first) texts.set(first, linesInPlaceOf(rewriting, first, keptOf(first, left)));
  else insertImports(rewriting);
  for (const { statement } of first ? [] : found) {
    const trying = statement.ancestors().find((each) => isA(each, "try_statement"));
    if (trying) mark(trying, OPTIONAL);
  }
  for (const [each, text] of texts)
    if (text !== "") file.edits.replace(startOf(each.part), endOf(each.part), text);
  const gone = found.filter((each) => texts.get(each) === "");
  for (const { part, statement } of gone) {
    if (part.id() === statement.id()) removeStatement(rewriting, statement);
    else removeDeclarator(rewriting, part, new Set(gone.map((each) => each.part.id())));
  }
}

const OPTIONAL =
  "redlock was imported within this try, and redsync is at the top: that fails if it is not installed";

const isAtTop = (statement: Node) =>
  isA(statement.parent(), "program") ||
  (isA(statement.parent(), "export_statement") && isA(statement.parent()?.parent(), "program"));

/** What comes where the library was imported: what stays of that, and the imports of redsync. */
function linesInPlaceOf({ imports, file }: Rewriting, first: LibraryImport, kept: readonly string[]): string {
  const isWhole = first.part.id() === first.statement.id();
  const lines = imports.lines(isWhole ? first.manner : { ...first.manner, keyword: "", semicolon: "" });
  const indent = file.indentAt(startOf(first.part));
  const between = isWhole ? `${file.newLine}${indent}` : `,${file.newLine}${indent || file.unit}`;
  return [...kept, ...lines.map((line) => line.trimStart())].join(between);
}

function removeStatement({ file }: Rewriting, statement: Node): void {
  if (file.fillsLines(statement)) return file.removeLines(statement);
  // Where one statement must stand, there is an empty one.
  if (!isA(statement.parent(), "program", "statement_block", "switch_case", "switch_default"))
    return file.edits.replace(startOf(statement), endOf(statement), ";");
  const space = /^[ \t]*/.exec(file.text.slice(endOf(statement)))?.[0].length ?? 0;
  file.edits.replace(startOf(statement), endOf(statement) + space, "");
}

/** Removes one declarator of several, with a comma: that before it, if something before it stays, else that behind it. */
function removeDeclarator(rewriting: Rewriting, part: Node, gone: ReadonlySet<number>): void {
  const { edits } = rewriting.file;
  const list = childrenOf(part.parent());
  const index = list.findIndex((each) => each.id() === part.id());
  const [before, after] = [list[index - 1], list[index + 1]];
  const staying = list.findIndex((each) => !gone.has(each.id()));
  if (before && staying >= 0 && staying < index) edits.replace(endOf(before), endOf(part), "");
  else if (after && staying >= 0) edits.replace(startOf(part), startOf(after), "");
  else if (index === 0 && part.parent()) removeStatement(rewriting, part.parent() as Node);
}

/** What stays of an import: nothing, or a text with the names that are left. */
function keptOf({ part, statement, manner, bindings }: LibraryImport, left: readonly Binding[]): string[] {
  const kept = bindings.filter(({ name }) => left.some((each) => each.name.id() === name.id()));
  if (kept.length === 0) return [];
  const names = kept.filter(({ by }) => isA(by, "import_specifier")).map(({ by }) => by.text());
  const whole = kept.find(({ by }) => isA(by, "identifier"))?.name.text();
  if (kept.length !== names.length + (whole ? 1 : 0)) return [part.text()];
  const parts = [...(whole ? [whole] : []), ...(names.length > 0 ? [`{ ${names.join(", ")} }`] : [])];
  const [begin] = statement.text().match(/^import(\s+type\b)?/) ?? ["import"];
  const { quote, semicolon } = manner;
  return [`${begin} ${parts.join(", ")} from ${quote}${manner.module}${quote}${semicolon}`];
}

/** Of a file that had no import of the library: behind its other imports, in their manner. */
function insertImports({ file, imports }: Rewriting): void {
  if (imports.isEmpty) return;
  const statements = childrenOf(file.root).filter((each) => !file.edits.replaces(startOf(each), endOf(each)));
  const last = statements.findLast((each) => isA(each, "import_statement"));
  // Not behind what may run already: only what is loaded at the beginning is passed over.
  const end = statements.findIndex((each) => !isLoading(each));
  const required = statements
    .slice(0, end < 0 ? undefined : end)
    .findLast((each) => isA(each, "lexical_declaration", "variable_declaration"));
  const beside = last ?? required;
  const isCommonJs =
    !statements.some((each) => isA(each, "import_statement", "export_statement")) &&
    (/\brequire\(|\bexports\b/.test(file.text) || /\.c[jt]s$/.test(file.path));
  const manner: Manner = {
    as: isCommonJs ? "require" : "import",
    keyword: required?.children()[0]?.text() ?? "const",
    quote: /["']/.exec(beside?.text() ?? '"')?.[0] ?? '"',
    semicolon: !beside || beside.text().endsWith(";") ? ";" : "",
  };
  const text = imports.lines(manner).join(file.newLine);
  if (beside) file.edits.insertBehind(endOf(beside), `${file.newLine}${text}`);
  else file.edits.insertBefore(startOf(firstOf(statements) ?? file.root), `${text}${file.newLine}`);
}

/** Whether a statement only loads something, and not the library, or is what a file begins with. */
function isLoading(statement: Node): boolean {
  if (isA(statement, "hash_bang_line", "import_statement") || isA(childrenOf(statement)[0], "string"))
    return true;
  const isDeclaration = isA(statement, "lexical_declaration", "variable_declaration");
  const text = statement.text();
  return (isDeclaration ? /\brequire\(["']/ : /^require\(["']/).test(text) && !namesLibrary(text);
}

/** The first statement behind `#!/usr/bin/env node` and `"use strict"`. */
function firstOf(statements: readonly Node[]): Node | undefined {
  return statements.find((each) => !isA(each, "hash_bang_line") && !isA(childrenOf(each)[0], "string"));
}

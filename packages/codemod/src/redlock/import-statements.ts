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
  const [first, ...others] = found;
  if (!first) return insertImports(rewriting);
  const { imports, file } = rewriting;
  const isWhole = first.part.id() === first.statement.id();
  const lines = imports.lines(isWhole ? first.manner : { ...first.manner, keyword: "", semicolon: "" });
  const indent = file.indentAt(startOf(first.part));
  const between = isWhole ? `${file.newLine}${indent}` : `,${file.newLine}${indent || file.unit}`;
  put(rewriting, first, [...keptOf(first, left), ...lines.map((line) => line.trimStart())].join(between));
  for (const other of others) put(rewriting, other, keptOf(other, left).join(""));
}

function put({ file }: Rewriting, { part, statement }: LibraryImport, text: string): void {
  if (text === "" && part.id() === statement.id()) file.removeLines(part);
  else file.edits.replace(startOf(part), endOf(part), text);
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
  // Not behind one that loads the library itself: it may be used there already.
  const required = statements.findLast(
    (each) =>
      /\brequire\(["']/.test(each.text()) &&
      !namesLibrary(each.text()) &&
      isA(each, "lexical_declaration", "variable_declaration"),
  );
  const beside = last ?? required;
  const isCommonJs =
    !statements.some((each) => isA(each, "import_statement", "export_statement")) &&
    /\brequire\(/.test(file.text);
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

/** The first statement behind `#!/usr/bin/env node` and `"use strict"`. */
function firstOf(statements: readonly Node[]): Node | undefined {
  return statements.find((each) => !isA(each, "hash_bang_line") && !isA(childrenOf(each)[0], "string"));
}

import { childrenOf, endOf, isA, startOf } from "../syntax/node.ts";
import type { LibraryImport } from "./bindings.ts";
import type { Manner } from "./imports.ts";
import type { Rewriting } from "./rewriting.ts";

/** Puts the new imports in the place of the library's, which stay if something is left that needs them. */
export function rewriteImports(rewriting: Rewriting, found: readonly LibraryImport[], isDone: boolean): void {
  const { file, imports } = rewriting;
  const [first, ...others] = found;
  if (!first) return insertImports(rewriting);
  const { part, statement, manner } = first;
  const indent = file.indentAt(startOf(statement));
  const isWhole = part.id() === statement.id();
  const lines = imports.lines(isWhole ? manner : { ...manner, keyword: "", semicolon: "" });
  const text = isWhole
    ? lines.join(`${file.newLine}${indent}`)
    : lines.map((line) => line.trimStart()).join(`,${file.newLine}${indent}  `);
  if (!isDone) {
    if (lines.length > 0)
      file.edits.appendLeft(endOf(part), `${isWhole ? `${file.newLine}${indent}` : ", "}${text}`);
    return;
  }
  if (isWhole && lines.length === 0) removeStatement(rewriting, first);
  else file.replace(startOf(part), endOf(part), text);
  for (const other of others) removeStatement(rewriting, other);
}

function removeStatement({ file }: Rewriting, { part, statement }: LibraryImport): void {
  const isWhole = part.id() === statement.id();
  const end = isWhole ? Math.min(file.lineEnd(endOf(part)) + 1, file.text.length) : endOf(part);
  file.replace(isWhole ? file.lineStart(startOf(part)) : startOf(part), end, "");
}

/** Of a file that had no import of the library: behind its other imports, in their manner. */
function insertImports({ file, imports }: Rewriting): void {
  if (imports.isEmpty) return;
  const statements = childrenOf(file.root);
  const last = statements.findLast((each) => isA(each, "import_statement"));
  const required = statements.findLast(
    (each) => /\brequire\(["']/.test(each.text()) && isA(each, "lexical_declaration", "variable_declaration"),
  );
  const beside = last ?? required;
  const manner: Manner = {
    as: last || !required ? "import" : "require",
    keyword: required?.children()[0]?.text() ?? "const",
    quote: /["']/.exec(beside?.text() ?? '"')?.[0] ?? '"',
    semicolon: !beside || beside.text().endsWith(";") ? ";" : "",
  };
  const text = imports.lines(manner).join(file.newLine);
  if (beside) file.edits.appendLeft(endOf(beside), `${file.newLine}${text}`);
  else file.edits.prepend(`${text}${file.newLine}`);
}

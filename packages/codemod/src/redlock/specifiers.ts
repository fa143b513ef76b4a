import { argumentsOf, isA, isPlain, type Node, stringOf } from "../syntax/node.ts";
import { specifierOf } from "../syntax/required.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { isLibrary } from "./library.ts";

/** Calls that load a module, or replace one in tests, under whatever name. */
const LOADING = /quire|import|mock|rewire/i;

/** A place where a file names the library as a module. */
export interface Specifier {
  readonly text: Node;
  /** What it is part of: a call, the clause of an import or an export, or the declaration of a module. */
  readonly by: Node;
  /** Whether `by` is an import that can be rewritten: a statement, or a call that loads it. */
  readonly isImport: boolean;
}

/** All places where a file imports the library, exports of it, mocks or declares it. */
export function specifiersIn(file: SourceFile): Specifier[] {
  return file.root
    .findAll({ rule: { any: [{ kind: "string" }, { kind: "template_string" }] } })
    .filter((text) => isLibrary(stringOf(text)))
    .flatMap((text) => specifierAt(text, file) ?? []);
}

function specifierAt(text: Node, file: SourceFile): Specifier | undefined {
  const by = isA(text.parent(), "arguments") ? text.parent()?.parent() : text.parent();
  if (isA(by, "import_statement", "import_require_clause")) return { text, by, isImport: true };
  if (isA(by, "export_statement", "module")) return { text, by, isImport: false };
  if (!isA(by, "call_expression") || argumentsOf(by)[0]?.id() !== text.id()) return undefined;
  if (specifierOf(by, file.scopes)) return { text, by, isImport: true };
  const callee = by.field("function");
  const isLoading = callee && isPlain(callee) && LOADING.test(callee.text());
  return isLoading ? { text, by, isImport: false } : undefined;
}

/** Comments that name a type of the library: `@param {import("redlock").Lock} lock`. */
export function commentsIn(file: SourceFile): Node[] {
  return file.root.findAll({
    rule: { kind: "comment", regex: "import\\(['\"](redlock|@sesamecare-oss/redlock)['\"]" },
  });
}

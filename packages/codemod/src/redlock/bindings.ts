import type { Kind } from "../kinds/kind.ts";
import { childrenOf, isA, type Node, stringOf } from "../syntax/node.ts";
import type { Declaration } from "../syntax/scopes.ts";
import type { Manner } from "./imports.ts";
import type { Rewriting } from "./rewriting.ts";
import { commentsIn, type Specifier, specifiersIn } from "./specifiers.ts";

/** A statement by which a file imports the library, and the names that it declares. */
export interface LibraryImport {
  readonly statement: Node;
  /** What is replaced: the statement, or one declarator of several. */
  readonly part: Node;
  readonly manner: Manner & { readonly module: string };
  readonly bindings: readonly Binding[];
}

export interface Binding extends Declaration {
  readonly kind: Kind | undefined;
  /** Whether it is only there as a type: `import type`. */
  readonly isType: boolean;
}

/** How a file imports the library, in ES modules or CommonJS. */
export function libraryImportsIn(rewriting: Rewriting): LibraryImport[] {
  const imports = specifiersIn(rewriting.file).filter(({ isImport }) => isImport);
  // Statements first: the new imports are put in the place of the first.
  return [
    ...imports.flatMap((each) => byStatement(rewriting, each)),
    ...imports.flatMap((each) => byCall(rewriting, each)),
  ];
}

function byStatement(rewriting: Rewriting, { text, by }: Specifier): LibraryImport[] {
  const statement = isA(by, "import_require_clause") ? by.parent() : by;
  if (!isA(statement, "import_statement")) return [];
  const names = statement
    .findAll({ rule: { kind: "identifier" } })
    .filter((name) => rewriting.file.scopes.declarationOf(name)?.name.id() === name.id());
  const manner = mannerOf(statement, text, "import", "");
  return [{ statement, part: statement, manner, bindings: bindingsOf(rewriting, names) }];
}

function byCall(rewriting: Rewriting, { text, by: call }: Specifier): LibraryImport[] {
  if (!isA(call, "call_expression")) return [];
  const user = call
    .ancestors()
    .find((each) => !isA(each, "await_expression", "member_expression", "parenthesized_expression"));
  const statement = user?.parent();
  // Of `new (require("redlock"))(…)` the construction takes care.
  if (isA(user, "new_expression") && isWithin(call, user.field("constructor"))) return [];
  if (!statement || !isA(user, "variable_declarator")) {
    rewriting.mark(call, INSTEAD);
    return [];
  }
  const pattern = user.field("name");
  const names = pattern?.findAll({
    rule: { any: [{ kind: "identifier" }, { kind: "shorthand_property_identifier_pattern" }] },
  });
  if (isA(pattern, "identifier")) names?.push(pattern);
  const callee = call.field("function")?.text() ?? "require";
  const keyword = statement.children()[0]?.text() ?? "const";
  const isAlone = childrenOf(statement).length === 1;
  const manner = mannerOf(statement, text, callee === "import" ? "await import" : callee, keyword);
  const part = isAlone ? statement : user;
  return [{ statement, part, manner, bindings: bindingsOf(rewriting, names ?? []) }];
}

const INSTEAD = "import Redsync of @redsync/core in place of redlock";

const isWithin = (node: Node, outer: Node | null) =>
  [node, ...node.ancestors()].some((each) => each.id() === outer?.id());

function bindingsOf({ file, know }: Rewriting, names: readonly Node[]): Binding[] {
  const unique = new Map(names.map((name) => [name.id(), name]));
  return [...unique.values()].flatMap((name) => {
    const declaration = file.scopes.declarationOf(name);
    if (!declaration) return [];
    const statement = declaration.by.ancestors().find((each) => isA(each, "import_statement"));
    const isType = statement?.text().startsWith("import type ") === true;
    return { ...declaration, kind: know.kindOfName(name, file), isType };
  });
}

function mannerOf(statement: Node, source: Node, as: Manner["as"], keyword: string): LibraryImport["manner"] {
  return {
    module: stringOf(source) ?? "",
    as,
    keyword,
    quote: source.text()[0] ?? '"',
    semicolon: statement.text().endsWith(";") ? ";" : "",
  };
}

/** What else names the library: re-exports, mocks of tests, declarations of its types, and imports that are not understood. */
export function markOtherUses({ file, mark }: Rewriting): void {
  for (const { by, isImport } of specifiersIn(file)) if (!isImport) mark(by, messageFor(by));
  for (const comment of commentsIn(file))
    mark(comment, "this comment names a type of redlock: those of redsync are in @redsync/core");
}

function messageFor(by: Node): string {
  if (isA(by, "export_statement")) return "export what is needed of @redsync/core in place of this";
  if (isA(by, "module")) return "redsync has types of its own: remove this with redlock";
  return /mock/i.test(by.field("function")?.text() ?? "")
    ? "mock nothing: memoryNode() of @redsync/memory is a node for tests"
    : INSTEAD;
}

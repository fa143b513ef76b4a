import type { Kind } from "../kinds/kind.ts";
import { argumentsOf, childrenOf, isA, methodCallOf, type Node, stringOf } from "../syntax/node.ts";
import type { Declaration } from "../syntax/scopes.ts";
import type { Manner } from "./imports.ts";
import { LIBRARIES } from "./library.ts";
import type { Rewriting } from "./rewriting.ts";

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
  return [...importStatements(rewriting), ...requires(rewriting)];
}

function importStatements(rewriting: Rewriting): LibraryImport[] {
  const statements = rewriting.file.root.findAll({ rule: { kind: "import_statement" } });
  return statements.flatMap((statement) => {
    const source = sourceOf(statement);
    if (!source || !LIBRARIES.includes(stringOf(source) ?? "")) return [];
    const names = statement
      .findAll({ rule: { kind: "identifier" } })
      .filter((name) => rewriting.file.scopes.declarationOf(name)?.name.id() === name.id());
    const manner = mannerOf(statement, source, "import", "");
    return { statement, part: statement, manner, bindings: bindingsOf(rewriting, names) };
  });
}

/** The text of the specifier. */
function sourceOf(statement: Node): Node | null {
  const clause = childrenOf(statement).find((each) => isA(each, "import_require_clause"));
  return (clause ?? statement).field("source");
}

function requires(rewriting: Rewriting): LibraryImport[] {
  const calls = rewriting.file.root.findAll({
    rule: { kind: "call_expression", has: { field: "function", regex: "^(require|import)$" } },
  });
  return calls.flatMap((call) => {
    const [source] = argumentsOf(call);
    const declarator = call
      .ancestors()
      .find((each) => !isA(each, "await_expression", "member_expression", "parenthesized_expression"));
    const statement = declarator?.parent();
    if (!source || !LIBRARIES.includes(stringOf(source) ?? "")) return [];
    if (!statement || !isA(declarator, "variable_declarator")) {
      rewriting.mark(call, "import Redsync of @redsync/core in place of redlock");
      return [];
    }
    const names = declarator
      .field("name")
      ?.findAll({
        rule: { any: [{ kind: "identifier" }, { kind: "shorthand_property_identifier_pattern" }] },
      })
      .concat(isA(declarator.field("name"), "identifier") ? [declarator.field("name") as Node] : []);
    const as = call.field("function")?.text() === "import" ? "await import" : "require";
    const keyword = statement.children()[0]?.text() ?? "const";
    const isAlone = childrenOf(statement).length === 1;
    const manner = mannerOf(statement, source, as, keyword);
    return {
      statement,
      part: isAlone ? statement : declarator,
      manner,
      bindings: bindingsOf(rewriting, names ?? []),
    };
  });
}

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

/** What else names the library: re-exports, and mocks of tests. */
export function markOtherUses({ file, mark }: Rewriting): void {
  for (const each of file.root.findAll({ rule: { kind: "export_statement" } }))
    if (LIBRARIES.includes(stringOf(each.field("source")) ?? ""))
      mark(each, "export what is needed of @redsync/core in place of this");
  for (const call of file.root.findAll({ rule: { kind: "call_expression" } })) {
    const method = methodCallOf(call);
    if (method?.name.toLowerCase().includes("mock") && LIBRARIES.includes(stringOf(method.args[0]) ?? ""))
      mark(call, "mock nothing: memoryNode() of @redsync/memory is a node for tests");
  }
  for (const comment of file.root.findAll({
    rule: { kind: "comment", regex: "import\\(['\"](redlock|@sesamecare-oss/redlock)['\"]" },
  }))
    mark(comment, "this comment names a type of redlock: those of redsync are in @redsync/core");
}

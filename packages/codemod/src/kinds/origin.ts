import { isLibrary } from "../redlock/library.ts";
import { isClass } from "../syntax/fillings.ts";
import { bare, calleeOf, childrenOf, isA, memberOf, type Node, stringOf } from "../syntax/node.ts";
import { specifierOf } from "../syntax/required.ts";
import type { Declaration } from "../syntax/scopes.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { sourceOf } from "./elsewhere/names.ts";
import type { Knowledge } from "./kind.ts";
import { valuesInClass } from "./kind-of-member.ts";

/**
 * The package that gives what an expression stands for, by an import, a call of what is imported, or a type: another one than redlock.
 * Undefined, if nothing says so.
 */
export function originOf(know: Knowledge, given: Node, file: SourceFile, depth = 0): string | undefined {
  const node = bare(given);
  const of = (each: Node | null | undefined) =>
    each && depth < 10 ? originOf(know, each, file, depth + 1) : undefined;
  switch (node.kind()) {
    case "identifier": {
      const declaration = file.scopes.declarationOf(node);
      return declaration && originOfDeclared(know, declaration, file, of);
    }
    case "member_expression": {
      const member = memberOf(node);
      return member && isA(member.object, "this") ? originOfField(know, node, file, of) : of(member?.object);
    }
    case "await_expression":
      return of(childrenOf(node)[0]);
    case "new_expression":
      return of(node.field("constructor"));
    case "call_expression": {
      const source = specifierOf(node, file.scopes);
      return source ? packageOf(know, stringOf(source), file) : originOfAnswer(calleeOf(node), file, of);
    }
    default:
      return undefined;
  }
}

type Of = (node: Node | null | undefined) => string | undefined;

/** What is called is imported itself, or of what is: what other methods give may be anything, as of a container. */
function originOfAnswer(callee: Node | null, { scopes }: SourceFile, of: Of): string | undefined {
  const root = callee && bare(memberOf(callee)?.object ?? callee);
  if (isA(root, "call_expression")) return specifierOf(root, scopes) ? of(root) : undefined;
  const declaration = isA(root, "identifier") ? scopes.declarationOf(root) : undefined;
  return declaration && sourceOf(declaration, scopes) !== undefined ? of(root) : undefined;
}

function originOfDeclared(know: Knowledge, declaration: Declaration, file: SourceFile, of: Of) {
  const { name, by } = declaration;
  const source = sourceOf(declaration, file.scopes);
  if (source !== undefined) return packageOf(know, source, file);
  const type = by.field("type");
  if (type) return originOfType(know, type, file);
  return isA(by, "variable_declarator") && by.field("name")?.id() === name.id()
    ? of(by.field("value"))
    : undefined;
}

/** `this.name`, by the types and values that it has in its class. */
function originOfField(know: Knowledge, read: Node, file: SourceFile, of: Of): string | undefined {
  const owner = read.ancestors().find(isClass);
  const { types, values } = owner
    ? valuesInClass(owner, memberOf(read)?.name ?? "")
    : { types: [], values: [] };
  const origins = [...types.map((type) => originOfType(know, type, file)), ...values.map(of)];
  return origins.find((each) => each !== undefined);
}

/** The package that one of the names in a type is imported from, unless another is redlock's. */
function originOfType(know: Knowledge, type: Node, file: SourceFile): string | undefined {
  const names = type.findAll({ rule: { any: [{ kind: "type_identifier" }, { kind: "identifier" }] } });
  if (names.some((name) => ["constructor", "export"].includes(know.kindOfName(name, file)?.is ?? "")))
    return undefined;
  return names
    .map((name) => {
      const declaration = file.scopes.declarationOf(name);
      return declaration && packageOf(know, sourceOf(declaration, file.scopes), file);
    })
    .find((each) => each !== undefined);
}

/** A specifier, if it is no file of the project, by its path or by an alias, and nothing that is known. */
function packageOf(know: Knowledge, specifier: string | undefined, file: SourceFile): string | undefined {
  if (specifier === undefined || /^([./~#]|@\/|src\/|app\/)/.test(specifier) || isLibrary(specifier))
    return undefined;
  return know.kindOfModule(specifier, file) ? undefined : specifier;
}

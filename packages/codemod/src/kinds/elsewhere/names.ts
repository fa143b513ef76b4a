import { isLibrary, isOtherLibrary } from "../../redlock/library.ts";
import { bare, isA, lastNameOf, memberOf, type Node, stringOf, subscriptOf } from "../../syntax/node.ts";
import { specifierOf } from "../../syntax/required.ts";
import type { Declaration, Scopes } from "../../syntax/scopes.ts";
import type { SourceFile } from "../../syntax/source-file.ts";
import type { Asking } from "./asking.ts";

/** Whether a specifier is that of another package, and of no file of the project, by its path or an alias. */
export function isPackage(specifier: string | undefined): boolean {
  if (specifier === undefined || isLibrary(specifier)) return false;
  return isOtherLibrary(specifier) || !/^([./~#]|@\/|src\/|app\/)|redlock/i.test(specifier);
}

/** What a name is imported or required from. */
export function sourceOf({ by }: Declaration, scopes: Scopes): string | undefined {
  const statement = by.ancestors().find((each) => isA(each, "import_statement"));
  if (statement) return stringOf(statement.field("source") ?? by.field("source"));
  const value = by.field("value");
  const required =
    value && isA(bare(value), "call_expression") ? specifierOf(bare(value), scopes) : undefined;
  return stringOf(required);
}

const LOCKS = /lock|mutex|acquire|lease/i;
/** Connections, and what lends them. */
const POOLS =
  /pool|client|connect|conn$|database|db$|sql$|runner|session|reserve|transaction|knex|sequelize|prisma|data_?source/i;

/** Whether something is called like a connection, or what lends one, and not like a lock. */
export const isNameOfPool = (name: string): boolean => POOLS.test(name) && !LOCKS.test(name);

/**
 * Whether what is asked for something lends connections, as it and its method are called, or is imported from a file that has nothing to
 * do with redlock.
 */
export function looksElsewhere(
  { know, isStrict }: Asking,
  asked: Node,
  method: string,
  file: SourceFile,
): boolean {
  const name = lastNameOf(asked);
  if (isStrict || LOCKS.test(name) || LOCKS.test(method)) return false;
  if (POOLS.test(name) || POOLS.test(method)) return true;
  const root = rootOf(asked);
  const declaration = root && file.scopes.declarationOf(root);
  const source = declaration && sourceOf(declaration, file.scopes);
  return source?.startsWith(".") === true && know.kindOfModule(source, file) === undefined;
}

/** `a` of `a.b[0].c`. */
export function rootOf(node: Node): Node | undefined {
  const object = memberOf(node)?.object ?? subscriptOf(node)?.object;
  if (object) return rootOf(bare(object));
  return isA(node, "identifier") ? node : undefined;
}

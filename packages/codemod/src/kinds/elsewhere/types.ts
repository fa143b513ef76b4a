import { isA, type Node } from "../../syntax/node.ts";
import type { SourceFile } from "../../syntax/source-file.ts";
import type { Knowledge } from "../kind.ts";
import { isNameOfPool, isPackage, sourceOf } from "./names.ts";

/** Types of what only has others in it. */
const AROUND =
  /^(Array|ReadonlyArray|Set|ReadonlySet|Map|ReadonlyMap|WeakMap|Record|Promise|PromiseLike|Iterable|Partial|Required|Readonly|NonNullable|Awaited)$/;

/** Whether a type that is no type of redlock's names what comes from elsewhere, and may not be anything. */
export function typeIsElsewhere(know: Knowledge, type: Node, file: SourceFile): boolean {
  if (know.kindOfType(type, file)?.is === "lock") return false;
  if (/\b(any|unknown|object|typeof|import)\b/.test(type.text())) return false;
  const names = type
    .findAll({ rule: { kind: "type_identifier" } })
    .filter((each) => !AROUND.test(each.text()));
  return names.every((name) => isNamedElsewhere(know, name, file));
}

function isNamedElsewhere(know: Knowledge, name: Node, file: SourceFile): boolean {
  const kind = know.kindOfName(name, file);
  if (kind) return kind.is !== "constructor" && kind.is !== "export";
  const declaration = file.scopes.declarationOf(name);
  if (!declaration) return !isParameter(name);
  const { by } = declaration;
  const value = isA(by, "type_alias_declaration") ? by.field("value") : undefined;
  if (value) return typeIsElsewhere(know, value, file);
  const source = sourceOf(declaration, file.scopes);
  if (source === undefined || isPackage(source) || isNameOfPool(name.text())) return true;
  return source.startsWith(".") && know.kindOfModule(source, file) === undefined;
}

/** Whether a name is a parameter of the types around it. */
function isParameter(name: Node): boolean {
  const parameters = name.ancestors().flatMap((each) => each.field("type_parameters") ?? []);
  return parameters.some((each) => each.text().match(/\w+/g)?.includes(name.text()));
}

import { ACQUIRING } from "../redlock/library.ts";
import { isA, lastNameOf, type MethodCall, methodCallOf, type Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Knowledge } from "./kind.ts";
import { originOf } from "./origin.ts";

const METHODS = [...ACQUIRING, "using", "disposer", "release", "unlock", "extend", "quit"];

/**
 * Whether a method is called of a Redlock: what is called is known to be one, or nothing is known of it, it looks like one, and it comes
 * from no other package.
 */
export function isRedlockCall(know: Knowledge, method: MethodCall, file: SourceFile): boolean {
  const kind = know.kindOf(method.object, file);
  if (kind || !know.usesLibrary || !looksLikeRedlock(method)) return kind?.is === "redlock";
  return originOf(know, method.object, file) === undefined;
}

/** Whether by its name, and by how it is called, this is a method of a Redlock. */
export function looksLikeRedlock({ object, name, args }: MethodCall): boolean {
  if (!/redlock/i.test(lastNameOf(object))) return false;
  if (name === "quit") return args.length === 0;
  return METHODS.includes(name) && args.length >= (["release", "unlock"].includes(name) ? 1 : 2);
}

/** The calls of `redlock.using()` that are given a function by its name. None if anything else uses the function as well. */
export function usingCallsOf(know: Knowledge, fn: Node, file: SourceFile): Node[] {
  const name = file.text.includes("using") ? nameOf(fn) : undefined;
  const declaration = name && file.scopes.declarationOf(name);
  if (!declaration || isExported(declaration.by)) return [];
  const uses = file.scopes.referencesTo(declaration).filter((use) => use.id() !== name.id());
  const calls = uses.flatMap((use) => usingCallWith(know, use, file) ?? []);
  return calls.length === uses.length ? calls : [];
}

/** What a function is called in its file: as it is declared, or as the constant whose value it is. */
function nameOf(fn: Node): Node | undefined {
  if (isA(fn, "function_declaration")) return fn.field("name") ?? undefined;
  const by = fn.parent();
  const name = isA(by, "variable_declarator") && !by.field("type") ? by.field("name") : undefined;
  return isA(name, "identifier") ? name : undefined;
}

const isExported = (declared: Node) =>
  declared.ancestors().some((each) => isA(each, "export_statement")) &&
  !declared.ancestors().some((each) => isA(each, "statement_block"));

function usingCallWith(know: Knowledge, use: Node, file: SourceFile): Node | undefined {
  const call = use.parent()?.parent();
  const method = methodCallOf(call);
  if (method?.name !== "using" || !isRedlockCall(know, method, file)) return undefined;
  const { args, call: using } = method;
  const isPlainCall = [3, 4].includes(args.length) && !args.some((each) => isA(each, "spread_element"));
  return isPlainCall && args.at(-1)?.id() === use.id() ? using : undefined;
}

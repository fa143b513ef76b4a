import { ACQUIRING } from "../redlock/library.ts";
import {
  argumentsOf,
  bare,
  childrenOf,
  endOf,
  isA,
  isFunction,
  methodCallOf,
  type Node,
  parametersOf,
  patternOf,
  startOf,
  stringOf,
} from "../syntax/node.ts";
import type { Declaration } from "../syntax/scopes.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { durationKey } from "./duration-key.ts";
import { awaited, elementOf, type Kind, type Knowledge, together } from "./kind.ts";
import { isRedlockCall, usingCallsOf } from "./redlock-calls.ts";

/** What a name means: what its declaration, and what is assigned to it, say. */
export function kindOfDeclaration(
  know: Knowledge,
  declaration: Declaration,
  file: SourceFile,
): Kind | undefined {
  const { name, by } = declaration;
  switch (by.kind()) {
    case "variable_declarator":
      return kindOfVariable(know, declaration, file);
    case "function_declaration":
    case "generator_function_declaration":
    case "function_expression":
      if (by.field("name")?.id() === name.id()) return { is: "function", node: by, file };
      return undefined;
    case "class_declaration":
    case "abstract_class_declaration":
      return { is: "class", node: by, file };
    case "interface_declaration":
    case "type_alias_declaration":
      return { is: "object", node: by, file };
    case "for_in_statement":
      return elementOf(know.kindOf(by.field("right"), file));
    case "catch_clause":
      return undefined;
    case "import_require_clause":
      return know.kindOfModule(stringOf(by.field("source")) ?? "", file);
    default:
      return isImport(by) ? kindOfImport(know, by, file) : kindOfParameter(know, declaration, file);
  }
}

const isImport = (by: Node) => by.ancestors().some((each) => isA(each, "import_statement"));

function kindOfImport(know: Knowledge, by: Node, file: SourceFile): Kind | undefined {
  const statement = by.ancestors().find((each) => isA(each, "import_statement"));
  const whole = know.kindOfModule(stringOf(statement?.field("source")) ?? "", file);
  if (isA(by, "namespace_import")) return whole;
  return know.kindOfMember(whole, by.field("name")?.text() ?? "default");
}

function kindOfVariable(know: Knowledge, { name, by }: Declaration, file: SourceFile): Kind | undefined {
  const type = know.kindOfType(by.field("type"), file);
  const value = know.kindOf(by.field("value"), file);
  const pattern = by.field("name");
  if (!pattern || pattern.id() !== name.id()) return within(know, type ?? value, pattern, name);
  return together([type, value, ...file.scopes.assignmentsTo(name).map((each) => know.kindOf(each, file))]);
}

/** What a name within a pattern gets of the whole. */
function within(
  know: Knowledge,
  whole: Kind | undefined,
  pattern: Node | null,
  name: Node,
): Kind | undefined {
  if (!pattern || !whole) return undefined;
  if (pattern.id() === name.id()) return whole;
  const holds = (each: Node | null) =>
    each !== null && startOf(each) <= startOf(name) && endOf(name) <= endOf(each);
  const children = childrenOf(pattern);
  const index = children.findIndex(holds);
  const child = children[index];
  if (!child) return undefined;
  if (isA(pattern, "array_pattern"))
    return within(know, whole.is === "tuple" ? whole.of[index] : elementOf(whole), child, name);
  if (isA(child, "pair_pattern"))
    return within(
      know,
      know.kindOfMember(whole, child.field("key")?.text() ?? ""),
      child.field("value"),
      name,
    );
  const own = isA(child, "object_assignment_pattern") ? child.field("left") : child;
  return own ? know.kindOfMember(whole, own.text()) : undefined;
}

function kindOfParameter(know: Knowledge, { name, by }: Declaration, file: SourceFile): Kind | undefined {
  const fn = by.ancestors().find(isFunction);
  const pattern = patternOf(by);
  if (!fn) return undefined;
  const index = parametersOf(fn).findIndex((each) => each.id() === by.id());
  const whole =
    know.kindOfType(by.field("type"), file) ??
    know.kindOf(by.field("value"), file) ??
    kindOfArgument(know, fn, index, file);
  return within(know, whole, pattern, name);
}

/** What a callback is given, by the call that it is given to. */
function kindOfArgument(know: Knowledge, fn: Node, index: number, file: SourceFile): Kind | undefined {
  const call = fn.parent()?.parent();
  if (!call || !isA(call, "call_expression")) return kindInRoutine(usingCallsOf(know, fn, file), index, file);
  const args = argumentsOf(call);
  const position = args.findIndex((each) => bare(each).id() === fn.id());
  const method = methodCallOf(call);
  const [first] = args;
  if (index === 0 && position === 1 && first && isDisposer(know, first, file))
    return { is: "lock", duration: durationKey(argumentsOf(first)[1], file) };
  if (!method) return undefined;
  const on = know.kindOf(method.object, file);
  if (on?.is === "promise") return method.name === "then" && position + index === 0 ? on.of : undefined;
  if (method.name === "using" && isRedlockCall(know, method, file)) return kindInRoutine([call], index, file);
  if (on?.is === "redlock" && ACQUIRING.includes(method.name))
    return index === 1 ? { is: "lock", duration: durationKey(args[1], file) } : undefined;
  if (on?.is === "lock" && method.name === "extend") return index === 1 ? on : undefined;
  if (index === 0 && ["map", "forEach", "filter", "find"].includes(method.name))
    return elementOf(awaited(on));
  return undefined;
}

/** What the routine of calls of `redlock.using()` is given: a signal, and by the fork what has the lock. */
function kindInRoutine(calls: readonly Node[], index: number, file: SourceFile): Kind | undefined {
  if (calls.length === 0) return undefined;
  if (index === 0) return { is: "signal" };
  const [first, ...others] = calls.map((call) => durationKey(argumentsOf(call)[1], file));
  const duration = others.every((other) => other === first) ? first : undefined;
  return { is: "context", lock: { is: "lock", duration } };
}

/** `redlock.disposer(resource, ttl)`, in a call of bluebird's `using`. */
function isDisposer(know: Knowledge, node: Node, file: SourceFile): boolean {
  const method = methodCallOf(node);
  return method?.name === "disposer" && know.kindOf(method.object, file)?.is === "redlock";
}

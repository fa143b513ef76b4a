import { ACQUIRING } from "../redlock/library.ts";
import { placeOfName } from "../syntax/fillings.ts";
import {
  argumentsOf,
  bare,
  isA,
  isFunction,
  methodCallOf,
  type Node,
  parametersOf,
  patternOf,
  stringOf,
} from "../syntax/node.ts";
import type { Declaration } from "../syntax/scopes.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { lockFor } from "./duration-key.ts";
import { awaited, elementOf, type Kind, type Knowledge, together, unlessReplaced, VARIOUS } from "./kind.ts";
import { kindOfContents } from "./kind-of-contents.ts";
import { isRedlockCall, usingCallsOf } from "./redlock-calls.ts";
import { within } from "./within-pattern.ts";

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
      return kindInLoop(know, declaration, file);
    case "catch_clause":
      return undefined;
    case "import_require_clause":
      return know.kindOfModule(stringOf(by.field("source")) ?? "", file);
    default: {
      const own = isImport(by) ? kindOfImport(know, by, file) : kindOfParameter(know, declaration, file);
      const assigned = file.scopes.assignmentsTo(name).map((each) => know.kindOf(each, file));
      return own ?? together([...assigned, contentsOf(know, name, file)]);
    }
  }
}

/** What a collection is, as what this file puts into it says. */
const contentsOf = (know: Knowledge, name: Node, file: SourceFile) =>
  kindOfContents(know, placeOfName(name, name.text()), file);

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
  const assigned = file.scopes.assignmentsTo(name).map((each) => know.kindOf(each, file));
  return unlessReplaced(together([type, value, ...assigned, contentsOf(know, name, file)]), assigned);
}

/** What a loop goes through: values, and no keys. */
function kindInLoop(know: Knowledge, { name, by }: Declaration, file: SourceFile): Kind | undefined {
  if (by.field("operator")?.text() === "in") return undefined;
  const element = elementOf(know.kindOf(by.field("right"), file));
  const isAwaited = by.children().some((each) => each.kind() === "await");
  return within(know, isAwaited ? awaited(element) : element, by.field("left"), name);
}

function kindOfParameter(know: Knowledge, { name, by }: Declaration, file: SourceFile): Kind | undefined {
  const fn = by.ancestors().find(isFunction);
  const pattern = patternOf(by);
  if (!fn) return undefined;
  const index = parametersOf(fn).findIndex((each) => each.id() === by.id());
  const whole =
    ofAnyDuration(know.kindOfType(by.field("type"), file)) ??
    know.kindOf(by.field("value"), file) ??
    kindOfArgument(know, fn, index, file);
  return within(know, whole, pattern, name);
}

/** What is given may have been acquired with any duration, though its type does not say one. */
const ofAnyDuration = (kind: Kind | undefined): Kind | undefined =>
  kind?.is === "lock" ? { ...kind, duration: VARIOUS } : kind;

/** What a callback is given, by the call that it is given to. */
function kindOfArgument(know: Knowledge, fn: Node, index: number, file: SourceFile): Kind | undefined {
  const call = fn.parent()?.parent();
  if (!call || !isA(call, "call_expression"))
    return kindInRoutine(know, usingCallsOf(know, fn, file), index, file);
  const args = argumentsOf(call);
  const position = args.findIndex((each) => bare(each).id() === fn.id());
  const method = methodCallOf(call);
  const [first] = args;
  if (index === 0 && position === 1 && first && isDisposer(know, first, file))
    return lockFor(know, argumentsOf(first)[1], file);
  if (!method) return undefined;
  const on = know.kindOf(method.object, file);
  if (on?.is === "promise") return method.name === "then" && position + index === 0 ? on.of : undefined;
  if (method.name === "using" && isRedlockCall(know, method, file))
    return kindInRoutine(know, [call], index, file);
  if (ACQUIRING.includes(method.name) && isRedlockCall(know, method, file))
    return index === 1 ? lockFor(know, args[1], file) : undefined;
  if (on?.is === "lock" && method.name === "extend") return index === 1 ? on : undefined;
  if (method.object.text() === "Array" && method.name === "from" && first)
    return index === 0 ? elementOf(know.kindOf(first, file)) : undefined;
  return kindInIteration(method.name, awaited(on), index);
}

const ITERATING = [
  "map",
  "forEach",
  "filter",
  "find",
  "findLast",
  "flatMap",
  "some",
  "every",
  "sort",
  "toSorted",
];

/** What a function is given that is called for each element. */
function kindInIteration(name: string, on: Kind | undefined, index: number): Kind | undefined {
  if (on?.is === "map") return name === "forEach" && index === 0 ? on.of : undefined;
  if (/^reduce(Right)?$/.test(name)) return index === 1 ? elementOf(on) : undefined;
  const isElement = index === 0 || (index === 1 && /[sS]ort/.test(name));
  return isElement && ITERATING.includes(name) ? elementOf(on) : undefined;
}

/** What the routine of calls of `redlock.using()` is given: a signal, and by the fork what has the lock. */
function kindInRoutine(
  know: Knowledge,
  calls: readonly Node[],
  index: number,
  file: SourceFile,
): Kind | undefined {
  if (calls.length === 0) return undefined;
  if (index === 0) return { is: "signal" };
  const lock = together(calls.map((call) => lockFor(know, argumentsOf(call)[1], file)));
  return lock && { is: "context", lock };
}

/** `redlock.disposer(resource, ttl)`, in a call of bluebird's `using`. */
function isDisposer(know: Knowledge, node: Node, file: SourceFile): boolean {
  const method = methodCallOf(node);
  return method?.name === "disposer" && know.kindOf(method.object, file)?.is === "redlock";
}

import { ACQUIRING } from "../redlock/library.ts";
import {
  calleeOf,
  isAwaitedCall,
  lastNameOf,
  type MethodCall,
  methodCallOf,
  type Node,
  stringOf,
} from "../syntax/node.ts";
import { specifierOf } from "../syntax/required.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { lockFor } from "./duration-key.ts";
import {
  awaited,
  elementOf,
  entryOf,
  type Kind,
  type Knowledge,
  listOf,
  promiseOf,
  together,
} from "./kind.ts";
import { kindOfContents, kindOfValues } from "./kind-of-contents.ts";
import { isRedlockCall } from "./redlock-calls.ts";

/** What a call gives. */
export function kindOfCall(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  const kind = kindOfAnswer(know, node, file);
  return isAwaitedCall(node) ? awaited(kind) : kind;
}

function kindOfAnswer(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  const callee = calleeOf(node);
  const source = specifierOf(node, file.scopes);
  if (source) {
    const loaded = know.kindOfModule(stringOf(source) ?? "", file);
    return callee?.text() === "import" ? promiseOf(loaded) : loaded;
  }
  const method = methodCallOf(node);
  if (method) return kindOfMethodCall(know, method, file);
  const called = know.kindOf(callee, file);
  if (called?.is === "client" || called?.is === "redsync") return called;
  return know.kindOfResult(called);
}

function kindOfMethodCall(know: Knowledge, method: MethodCall, file: SourceFile): Kind | undefined {
  const { name, object, args, call } = method;
  const [first] = args;
  const on = know.kindOf(object, file);
  if (name === "then") return promiseOf(know.kindOfResult(know.kindOf(first, file)));
  if (name === "get" && (!on || on.is === "map"))
    return together([on?.of, kindOfContents(know, file.fillings.placeOf(call), file)]);
  if (on) return kindOfMethod(know, on, method, file);
  if (name === "map") return listOf(know.kindOfResult(know.kindOf(first, file)));
  if (ACQUIRING.includes(name) && isRedlockCall(know, method, file))
    return promiseOf(lockFor(know, args[1], file));
  // It is rewritten already.
  if (name === "mutex" && /redlock/i.test(lastNameOf(object))) return { is: "redsync" };
  if (object.text() === "Promise" && first) return kindOfPromise(know, name, first, file);
  if (object.text() === "Object" && first) return kindOfObject(know, name, first, file);
  return object.text() === "Array" && name === "from" ? kindOfArrayFrom(know, args, file) : undefined;
}

function kindOfPromise(know: Knowledge, name: string, first: Node, file: SourceFile): Kind | undefined {
  const given = know.kindOf(first, file);
  if (name === "resolve") return promiseOf(given);
  if (name !== "all") return undefined;
  if (given?.is === "tuple") return promiseOf({ is: "tuple", of: given.of.map(awaited) });
  return promiseOf(listOf(awaited(elementOf(given))));
}

/** `Object.values()`, `Object.entries()`, and what gives the same object, or one that has its entries. */
function kindOfObject(know: Knowledge, name: string, first: Node, file: SourceFile): Kind | undefined {
  const given = know.kindOf(first, file);
  const values = kindOfValues(know, given);
  if (name === "values") return listOf(values);
  if (name === "entries") return values && { is: "list", of: entryOf(values) };
  const entry = elementOf(given);
  if (name === "fromEntries" && entry?.is === "tuple" && entry.of[1])
    return { is: "record", of: entry.of[1] };
  return ["freeze", "seal", "assign"].includes(name) ? given : undefined;
}

function kindOfArrayFrom(know: Knowledge, args: readonly Node[], file: SourceFile): Kind | undefined {
  const [from, each] = args;
  return listOf(each ? know.kindOfResult(know.kindOf(each, file)) : elementOf(know.kindOf(from, file)));
}

const SAME_LIST = [
  "filter",
  "slice",
  "splice",
  "reverse",
  "sort",
  "toReversed",
  "toSorted",
  "toSpliced",
  "concat",
  "values",
];
const ONE_OF_LIST = ["find", "findLast", "at", "pop", "shift"];

function kindOfMethod(
  know: Knowledge,
  on: Kind,
  { name, args }: MethodCall,
  file: SourceFile,
): Kind | undefined {
  const [first, second] = args;
  if (on.is === "redlock" && ACQUIRING.includes(name)) return promiseOf(lockFor(know, second, file));
  if (on.is === "redlock" && name === "extend") return promiseOf(know.kindOf(first, file));
  if (on.is === "lock" && name === "extend") return promiseOf(on);
  if (on.is === "client" || on.is === "redsync") return on;
  if (on.is === "promise" && ["catch", "finally"].includes(name)) return on;
  if (on.is === "map" && name === "values") return listOf(on.of);
  if (on.is === "map" && name === "entries") return listOf(entryOf(on.of));
  // A record is a list as well, if all that is known of it is what is put into it by index.
  if (["list", "tuple", "record"].includes(on.is)) return kindOfListMethod(know, on, { name, first }, file);
  return know.kindOfResult(know.kindOfMember(on, name));
}

function kindOfListMethod(
  know: Knowledge,
  on: Kind,
  { name, first }: { readonly name: string; readonly first: Node | undefined },
  file: SourceFile,
): Kind | undefined {
  const of = elementOf(on);
  if (name === "map") return listOf(know.kindOfResult(know.kindOf(first, file)));
  if (ONE_OF_LIST.includes(name)) return of;
  if (name === "entries") return of && { is: "list", of: entryOf(of) };
  return SAME_LIST.includes(name) ? listOf(of) : undefined;
}

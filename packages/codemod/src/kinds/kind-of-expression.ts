import { ACQUIRING } from "../redlock/library.ts";
import {
  argumentsOf,
  bare,
  childrenOf,
  isA,
  isFunction,
  memberOf,
  methodCallOf,
  type Node,
  stringOf,
} from "../syntax/node.ts";
import { specifierOf } from "../syntax/required.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { durationKey } from "./duration-key.ts";
import { awaited, elementOf, type Kind, type Knowledge, promiseOf, together } from "./kind.ts";

/** What an expression stands for. */
export function kindOfExpression(know: Knowledge, given: Node, file: SourceFile): Kind | undefined {
  const node = bare(given);
  const kindOf = (each: Node | null | undefined) => know.kindOf(each, file);
  if (node.id() !== given.id()) return kindOf(node) ?? kindOfAssertion(know, given, file);
  switch (node.kind()) {
    case "identifier":
    case "shorthand_property_identifier":
      return know.kindOfName(node, file);
    case "this":
      return kindOfThis(node, file);
    case "member_expression": {
      const member = memberOf(node);
      return member && know.kindOfMember(kindOf(member.object), member.name);
    }
    case "await_expression":
      return awaited(kindOf(childrenOf(node)[0]));
    case "new_expression":
      return kindOfNew(know, node, file);
    case "call_expression":
      return kindOfCall(know, node, file);
    case "ternary_expression":
      return together([kindOf(node.field("consequence")), kindOf(node.field("alternative"))]);
    case "binary_expression":
      return ["||", "??", "&&"].includes(node.field("operator")?.text() ?? "")
        ? together([kindOf(node.field("right")), kindOf(node.field("left"))])
        : undefined;
    case "assignment_expression":
      return kindOf(node.field("right"));
    case "array":
      return kindOfArray(know, node, file);
    case "object":
      return { is: "object", node, file };
    case "class":
      return { is: "class", node, file };
    default:
      return isFunction(node) ? { is: "function", node, file } : undefined;
  }
}

function kindOfAssertion(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  return isA(node, "as_expression", "satisfies_expression")
    ? know.kindOfType(childrenOf(node)[1], file)
    : undefined;
}

/** The instance of the class around `this`. */
function kindOfThis(node: Node, file: SourceFile): Kind | undefined {
  const owner = node
    .ancestors()
    .find((each) => isA(each, "class_declaration", "abstract_class_declaration", "class"));
  return owner && { is: "instance", node: owner, file };
}

function kindOfNew(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  const made = know.kindOf(node.field("constructor"), file);
  if (made?.is === "constructor") return { is: "redlock" };
  if (made?.is === "class") return { ...made, is: "instance" };
  if (made?.is === "client" || made?.is === "redsync") return made;
  const [type, ...types] = childrenOf(node.field("type_arguments"));
  const last = know.kindOfType(types.at(-1) ?? type, file);
  if (!last) return undefined;
  return { is: node.field("constructor")?.text() === "Map" ? "map" : "list", of: last };
}

function kindOfArray(know: Knowledge, node: Node, file: SourceFile): Kind {
  return { is: "tuple", of: childrenOf(node).map((each) => know.kindOf(each, file)) };
}

function kindOfCall(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  const callee = node.field("function");
  const [first] = argumentsOf(node);
  const source = specifierOf(node, file.scopes);
  if (source) {
    const loaded = know.kindOfModule(stringOf(source) ?? "", file);
    return callee?.text() === "import" ? promiseOf(loaded) : loaded;
  }
  const method = methodCallOf(node);
  const on = method && know.kindOf(method.object, file);
  if (method?.name === "then") return promiseOf(know.kindOfResult(know.kindOf(first, file)));
  if (method?.name === "map" && !on) return listOf(know.kindOfResult(know.kindOf(first, file)));
  if (method && on) return kindOfMethod(know, on, method.name, method.args, file);
  if (method?.object.text() === "Promise" && first) return kindOfPromise(know, method.name, first, file);
  const called = know.kindOf(callee, file);
  return called?.is === "client" || called?.is === "redsync" ? called : know.kindOfResult(called);
}

const listOf = (of: Kind | undefined): Kind | undefined => of && { is: "list", of };

function kindOfPromise(know: Knowledge, name: string, first: Node, file: SourceFile): Kind | undefined {
  const given = know.kindOf(first, file);
  if (name === "resolve") return promiseOf(given);
  if (name !== "all") return undefined;
  if (given?.is === "tuple") return promiseOf({ is: "tuple", of: given.of.map(awaited) });
  const of = awaited(elementOf(given));
  return of && promiseOf({ is: "list", of });
}

function kindOfMethod(
  know: Knowledge,
  on: Kind,
  name: string,
  args: readonly Node[],
  file: SourceFile,
): Kind | undefined {
  const [first, second] = args;
  if (on.is === "redlock" && ACQUIRING.includes(name))
    return promiseOf({ is: "lock", duration: durationKey(second, file) });
  if (on.is === "redlock" && name === "extend") return promiseOf(know.kindOf(first, file));
  if (on.is === "lock" && name === "extend") return promiseOf(on);
  if (on.is === "client" || on.is === "redsync") return on;
  if (on.is === "promise" && ["catch", "finally"].includes(name)) return on;
  if (on.is === "map" && name === "get") return on.of;
  if (on.is === "map" && name === "values") return { is: "list", of: on.of };
  if (["list", "tuple"].includes(on.is) && name === "map") {
    return listOf(know.kindOfResult(know.kindOf(first, file)));
  }
  if (on.is === "list" && ["find", "at", "pop", "shift"].includes(name)) return on.of;
  if (on.is === "list" && ["filter", "slice", "reverse"].includes(name)) return on;
  return know.kindOfResult(know.kindOfMember(on, name));
}

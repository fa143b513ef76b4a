import { isClass } from "../syntax/fillings.ts";
import {
  argumentsOf,
  bare,
  childrenOf,
  isA,
  isFunction,
  memberOf,
  type Node,
  stringOf,
  subscriptOf,
} from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { awaited, elementOf, type Kind, type Knowledge, listOf, together } from "./kind.ts";
import { kindOfCall } from "./kind-of-call.ts";
import { kindOfContents, kindOfValues } from "./kind-of-contents.ts";

/** What an expression stands for. */
export function kindOfExpression(know: Knowledge, given: Node, file: SourceFile): Kind | undefined {
  const node = bare(given);
  const kindOf = (each: Node | null | undefined) => know.kindOf(each, file);
  if (node.id() !== given.id()) return kindOf(node) ?? kindOfAssertion(know, given, file);
  const withContents = (object: Kind | undefined, own: Kind | undefined) => {
    const put = kindOfContents(know, file.fillings.placeOf(node), file);
    // What all of a record have in common says less than what is put at one key.
    return object?.is === "record" ? (put ?? own) : together([own, put]);
  };
  switch (node.kind()) {
    case "identifier":
    case "shorthand_property_identifier":
      return know.kindOfName(node, file);
    case "this":
      return kindOfThis(node, file);
    case "member_expression": {
      const member = memberOf(node);
      return (
        member && withContents(kindOf(member.object), know.kindOfMember(kindOf(member.object), member.name))
      );
    }
    case "subscript_expression": {
      const { object, index } = subscriptOf(node) ?? {};
      return object && index && withContents(kindOf(object), kindOfElement(know, kindOf(object), index));
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
    case "augmented_assignment_expression":
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
  const owner = node.ancestors().find(isClass);
  return owner && { is: "instance", node: owner, file };
}

function kindOfNew(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  const made = know.kindOf(node.field("constructor"), file);
  if (made?.is === "constructor") return { is: "redlock" };
  if (made?.is === "class") return { ...made, is: "instance" };
  if (made?.is === "client" || made?.is === "redsync") return made;
  const name = node.field("constructor")?.text() ?? "";
  const [type, ...types] = childrenOf(node.field("type_arguments"));
  const given = elementOf(know.kindOf(argumentsOf(node)[0], file));
  const typed = know.kindOfType(types.at(-1) ?? type, file);
  if (name === "Map" || name === "WeakMap") {
    const of = typed ?? (given?.is === "tuple" ? given.of[1] : undefined);
    return of && { is: "map", of };
  }
  return listOf(typed ?? (name === "Set" ? given : undefined));
}

function kindOfArray(know: Knowledge, node: Node, file: SourceFile): Kind {
  const elements = childrenOf(node);
  const of = elements.map((each) => {
    const [spread] = isA(each, "spread_element") ? childrenOf(each) : [];
    return spread ? elementOf(know.kindOf(spread, file)) : know.kindOf(each, file);
  });
  const isSpread = elements.some((each) => isA(each, "spread_element"));
  return (isSpread && listOf(together(of))) || { is: "tuple", of };
}

/** What an object or a collection has at an index. */
function kindOfElement(know: Knowledge, object: Kind | undefined, index: Node): Kind | undefined {
  const name = stringOf(index);
  if (name !== undefined) return know.kindOfMember(object, name);
  if (object?.is === "tuple" && isA(index, "number")) return object.of[Number(index.text())];
  return object?.is === "map" ? undefined : kindOfValues(know, object);
}

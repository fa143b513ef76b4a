import { childrenOf, isA, type Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { type Kind, type Knowledge, promiseOf, together } from "./kind.ts";

/** What a value of a type is. */
export function kindOfTypeNode(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  const [first] = childrenOf(node);
  switch (node.kind()) {
    case "type_annotation":
    case "parenthesized_type":
    case "readonly_type":
      return know.kindOfType(first, file);
    case "type_identifier":
      return kindOfValue(know, know.kindOfName(node, file));
    case "nested_type_identifier":
      return kindOfNested(know, node, file);
    case "generic_type":
      return kindOfGeneric(know, node, file);
    case "array_type": {
      const of = know.kindOfType(first, file);
      return of && { is: "list", of };
    }
    case "union_type":
      return together(childrenOf(node).map((each) => know.kindOfType(each, file)));
    case "tuple_type":
      return { is: "tuple", of: childrenOf(node).map((each) => know.kindOfType(each, file)) };
    // An element of a tuple that has a name.
    case "required_parameter":
    case "optional_parameter":
      return know.kindOfType(node.field("type"), file);
    case "object_type": {
      const of = isA(first, "index_signature") && childrenOf(node).length === 1 && childrenOf(first).at(-1);
      const values = of ? know.kindOfType(of, file) : undefined;
      return values ? { is: "record", of: values } : { is: "object", node, file };
    }
    default:
      return undefined;
  }
}

/** A value of what a name of a type means: an instance of a class. */
function kindOfValue(know: Knowledge, named: Kind | undefined): Kind | undefined {
  if (named?.is === "constructor") return { is: "redlock" };
  if (named?.is === "class") return { ...named, is: "instance" };
  if (named?.is === "export") return kindOfExported(named.name);
  if (named?.is === "object" && isA(named.node, "type_alias_declaration"))
    return know.kindOfType(named.node.field("value"), named.file);
  return named && ["object", "client", "redsync"].includes(named.is) ? named : undefined;
}

function kindOfExported(name: string): Kind | undefined {
  if (name === "Lock") return { is: "lock" };
  return name === "RedlockAbortSignal" ? { is: "signal" } : undefined;
}

/** `Redlock.Lock`, `IORedis.Redis`. */
function kindOfNested(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  const [module, name] = childrenOf(node);
  if (!module || !name || !isA(module, "identifier")) return undefined;
  return kindOfValue(know, know.kindOfMember(know.kindOfName(module, file), name.text()));
}

const LISTS = ["Array", "ReadonlyArray", "Set", "ReadonlySet", "Iterable", "IterableIterator"];
const MAPS = ["Map", "ReadonlyMap", "WeakMap"];
/** Types of what has the same members. */
const SAME = ["Partial", "Required", "Readonly", "NonNullable", "Awaited"];

function kindOfGeneric(know: Knowledge, node: Node, file: SourceFile): Kind | undefined {
  const name = node.field("name")?.text() ?? "";
  const of = know.kindOfType(childrenOf(node.field("type_arguments")).at(-1), file);
  if (!of) return undefined;
  if (name === "Promise" || name === "PromiseLike") return promiseOf(of);
  if (MAPS.includes(name)) return { is: "map", of };
  if (name === "Record") return { is: "record", of };
  if (SAME.includes(name)) return of;
  return LISTS.includes(name) ? { is: "list", of } : undefined;
}

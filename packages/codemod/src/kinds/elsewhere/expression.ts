import { bare, childrenOf, type Node } from "../../syntax/node.ts";
import type { SourceFile } from "../../syntax/source-file.ts";
import type { Kind, Knowledge } from "../kind.ts";
import type { Asking } from "./asking.ts";
import { callIsElsewhere } from "./called.ts";
import { nameIsElsewhere, propertyIsElsewhere } from "./declared.ts";

/**
 * Whether what an expression stands for, if that is not known, is seen to come from elsewhere than redlock: from a package, from a class of
 * one's own, or from what is asked for something else. It has a `release()` of its own, then.
 */
export function comesFromElsewhere(
  know: Knowledge,
  node: Node,
  file: SourceFile,
  { isStrict }: { readonly isStrict: boolean },
): boolean {
  return new Question(know, isStrict).isOf(node, file);
}

/** Values that say nothing of what comes there later. */
const EMPTY = /^(null|undefined|\[\]|\{\}|new (Weak)?(Map|Set|Array)(<.*>)?(\(\))?|Object\.create\(null\))$/s;
const COLLECTIONS = /^(Weak)?(Map|Set|Array)$/;

/** What is no lock by itself. One is given to others, and nobody's `this`. */
const NO_LOCKS =
  /^(this|super|object|string|number|template_string|regex|true|false|unary_expression|method_definition)$/;

/** How far a question leads: what is further may be a lock. */
const MAX_DEPTH = 100;

class Question implements Asking {
  readonly know: Knowledge;
  readonly isStrict: boolean;
  /** What is found out. Who asks in a circle learns nothing that speaks against it. */
  readonly #known = new Map<string, boolean>();
  #depth = 0;

  constructor(know: Knowledge, isStrict: boolean) {
    this.know = know;
    this.isStrict = isStrict;
  }

  isOf(given: Node | null | undefined, file: SourceFile): boolean {
    if (!given) return false;
    const asked = `${file.path} ${given.id()}`;
    const known = this.#known.get(asked);
    if (known !== undefined) return known;
    this.#known.set(asked, true);
    this.#depth++;
    const answer = this.#depth <= MAX_DEPTH && this.#ofExpression(bare(given), file);
    this.#depth--;
    this.#known.set(asked, answer);
    return answer;
  }

  areOf(nodes: readonly (Node | null | undefined)[], file: SourceFile): boolean {
    const telling = nodes.filter((each) => each && !EMPTY.test(each.text()));
    return telling.length > 0 && telling.every((each) => this.isOf(each, file));
  }

  #ofExpression(node: Node, file: SourceFile): boolean {
    const kind = this.know.kindOf(node, file);
    if (kind && !isCollection(kind)) return !["lock", "promise", "redlock", "context"].includes(kind.is);
    switch (node.kind()) {
      case "identifier":
      case "shorthand_property_identifier": {
        const declaration = file.scopes.declarationOf(node);
        return declaration !== undefined && nameIsElsewhere(this, declaration, file);
      }
      case "await_expression":
      case "spread_element":
        return this.isOf(childrenOf(node)[0], file);
      case "member_expression":
      case "subscript_expression":
        return propertyIsElsewhere(this, node, file);
      case "call_expression":
        return callIsElsewhere(this, node, file);
      case "new_expression":
        return !COLLECTIONS.test(node.field("constructor")?.text() ?? "");
      case "array":
        return this.areOf(childrenOf(node), file);
      case "ternary_expression":
        return this.areOf([node.field("consequence"), node.field("alternative")], file);
      case "binary_expression":
        if (!["||", "??", "&&"].includes(node.field("operator")?.text() ?? "")) return true;
        return this.areOf([node.field("left"), node.field("right")], file);
      case "assignment_expression":
      case "augmented_assignment_expression":
        return this.isOf(node.field("right"), file);
      default:
        return NO_LOCKS.test(String(node.kind()));
    }
  }
}

const isCollection = ({ is }: Kind) => ["list", "map", "record", "tuple"].includes(is);

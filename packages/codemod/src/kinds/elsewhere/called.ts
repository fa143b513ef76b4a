import { argumentsOf, calleeOf, methodCallOf, type Node, stringOf } from "../../syntax/node.ts";
import { specifierOf } from "../../syntax/required.ts";
import type { SourceFile } from "../../syntax/source-file.ts";
import type { Kind } from "../kind.ts";
import { returnedBy } from "../kind-of-member.ts";
import type { Asking } from "./asking.ts";
import { keyIsElsewhere } from "./declared.ts";
import { isPackage, looksElsewhere } from "./names.ts";
import { typeIsElsewhere } from "./types.ts";

/** Methods that give what something keeps. */
const KEEPING = /^(get|pop|shift|at|find(Last)?|values|entries|filter|slice|splice|reverse|sort|concat)$/;
/** Methods that give something that comes to the same. */
const SAME = /^(then|catch|finally|next)$/;
/** What gives what its arguments are. */
const PASSING =
  /^(Object\.(values|entries|fromEntries|assign|freeze)|Promise\.\w+|Array\.(from|of)|Array|structuredClone)$/;

export function callIsElsewhere(asking: Asking, call: Node, file: SourceFile): boolean {
  const callee = calleeOf(call);
  const source = specifierOf(call, file.scopes);
  if (source) return isPackage(stringOf(source));
  if (PASSING.test(callee?.text() ?? "")) return asking.areOf(argumentsOf(call), file);
  const fn = asking.know.kindOf(callee, file);
  if (fn?.is === "function") return resultIsElsewhere(asking, fn);
  const method = methodCallOf(call);
  if (!method) return callee !== null && answerIsElsewhere(asking, callee, "", file);
  const { object, name, args } = method;
  if (name === "map") {
    const each = asking.know.kindOf(args[0], file);
    return each?.is === "function" && resultIsElsewhere(asking, each);
  }
  if (SAME.test(name)) return asking.isOf(object, file);
  if (KEEPING.test(name)) return keyIsElsewhere(asking, object, undefined, file);
  return answerIsElsewhere(asking, object, name, file);
}

/** What is given by something that is asked for it, whose answer is not known. */
function answerIsElsewhere(asking: Asking, asked: Node, method: string, file: SourceFile): boolean {
  const kind = asking.know.kindOf(asked, file);
  const isKnown = kind && kind.is !== "client" && kind.is !== "redsync";
  return (!isKnown && asking.isOf(asked, file)) || looksElsewhere(asking, asked, method, file);
}

function resultIsElsewhere(asking: Asking, { node, file }: Kind & { readonly is: "function" }): boolean {
  const type = node.field("return_type");
  return type ? typeIsElsewhere(asking.know, type, file) : asking.areOf(returnedBy(node), file);
}

import { comesFromElsewhere } from "../kinds/elsewhere/expression.ts";
import { originOf } from "../kinds/origin.ts";
import { looksLikeRedlock } from "../kinds/redlock-calls.ts";
import {
  bare,
  isA,
  isFunction,
  isPlain,
  lastNameOf,
  type MethodCall,
  memberOf,
  methodCallOf,
  type Node,
} from "../syntax/node.ts";
import { ACQUIRING, isOtherLibrary } from "./library.ts";
import type { Rewriting } from "./rewriting.ts";

/** What may be a lock or a Redlock, in a file that uses redlock, if nothing says whether it is. */
export function markUnknown({ file, know, kindOf, mark }: Rewriting): void {
  for (const made of file.root.findAll({ rule: { kind: "new_expression" } })) {
    const named = made.field("constructor");
    const isUnknown = know.usesLibrary && named && !kindOf(named) && isRedlockClass(named);
    if (isUnknown && !isOtherLibrary(originOf(know, named, file)))
      mark(made, "if this is redlock's class, write it as new Redsync([ioredisNode(client)])");
  }
  for (const call of file.root.findAll({ rule: { kind: "call_expression" } })) {
    const method = methodCallOf(call);
    if (!method || kindOf(method.object)) continue;
    const { name, args } = method;
    if (looksLikeRedlock(method) || isOtherLibrary(originOf(know, method.object, file))) continue;
    const isTimed = isA(args[0], "array") || isA(args[1], "number");
    if ([...ACQUIRING, "using"].includes(name) && args.length > 1 && isTimed)
      mark(call, `if this is a Redlock, it has mutex() here, and no ${name}()`);
    const lock = counterpartOf(method);
    const isStrict = isNamedLock(lock?.object);
    if (lock && !kindOf(lock.object) && !comesFromElsewhere(know, lock.object, file, { isStrict }))
      mark(call, `if this is a lock of redlock, call ${lock.counterpart}`);
  }
  for (const read of file.root.findAll({ rule: { kind: "member_expression" } })) {
    const member = memberOf(read);
    if (member?.name === "expiration" && isNamedLock(member.object) && !kindOf(member.object))
      mark(read, "if this is a lock of redlock, it has until and remaining() in place of expiration");
  }
}

/** What looks like a Redlock, and comes from another package: that may give Redlocks of redlock, or others by that name. */
export function markForeign({ file, know, kindOf, mark }: Rewriting): void {
  if (!know.usesLibrary) return;
  for (const call of file.root.findAll({ rule: { kind: "call_expression" } })) {
    const method = methodCallOf(call);
    if (!method || kindOf(method.object) || !looksLikeRedlock(method)) continue;
    const origin = originOf(know, method.object, file);
    if (origin !== undefined && !isOtherLibrary(origin)) mark(call, givenBy(origin));
  }
}

const givenBy = (origin: string) =>
  `${origin} gives this: if it is a Redlock of redlock, make a Redsync in place of it, and call mutex(resources, { expiry }) of that`;

/** `Redlock`, and `redlock.default` of a module by that name. */
function isRedlockClass(named: Node): boolean {
  const member = memberOf(bare(named));
  return /^redlock$/i.test(lastNameOf(member?.name === "default" ? member.object : named));
}

/** What a call becomes if its object is a lock. `unlock()` is called the same. */
function counterpartOf({
  object,
  name,
  args,
}: MethodCall): { object: Node; counterpart: string } | undefined {
  const isOfLock = isNamedLock(object);
  const [first] = args;
  const isCalledBack = args.length === 1 && isFunction(first);
  const isRelease =
    name === "release" && (args.length === 0 || isCalledBack || (isOfLock && args.length === 1));
  if (isRelease || (name === "unlock" && (isCalledBack || (isOfLock && args.length === 1))))
    return { object, counterpart: `${of(object)}unlock()` };
  if (name === "extend" && first && args.length === 1 && (isOfLock || isDuration(first)))
    return { object, counterpart: `${of(object)}extend(), without a duration` };
  // `lock.release.bind(lock)`
  const bound = name === "bind" ? memberOf(object) : undefined;
  return bound?.name === "release"
    ? { object: bound.object, counterpart: `${of(bound.object)}unlock()` }
    : undefined;
}

const isNamedLock = (object: Node | undefined) => object !== undefined && /lock/i.test(lastNameOf(object));

/** How an object is called before a method, if it is nothing that is rewritten itself. */
const of = (object: Node) => (isPlain(object) ? `${object.text()}.` : "its ");

/** Whether something can be nothing but a number: `5000`, `60 * 1000`. */
function isDuration(node: Node): boolean {
  const expression = bare(node);
  const [left, right] = [expression.field("left"), expression.field("right")];
  if (isA(expression, "binary_expression") && left && right) return isDuration(left) || isDuration(right);
  return isA(expression, "number");
}

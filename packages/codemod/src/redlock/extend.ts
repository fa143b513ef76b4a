import { extentOf, holds, placeOf } from "../kinds/confined.ts";
import { durationKey } from "../kinds/duration-key.ts";
import { rootOf } from "../kinds/elsewhere/names.ts";
import { awaited } from "../kinds/kind.ts";
import {
  argumentsOf,
  bare,
  endOf,
  isA,
  isFunction,
  isPlain,
  type MethodCall,
  memberOf,
  type Node,
  parametersOf,
  startOf,
  statementAround,
} from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Rewriting } from "./rewriting.ts";

/** An extension: `lock.extend(duration)`, or `redlock.extend(lock, duration)`. */
interface Extension {
  readonly call: Node;
  readonly lock: Node;
  readonly duration: Node | undefined;
  readonly callback: Node | undefined;
}

/** `lock = await lock.extend(duration)` becomes `await lock.extend()`, which goes on with the same lock. */
export function rewriteExtend(rewriting: Rewriting, { object, call, args }: MethodCall): void {
  const [duration, callback] = args;
  rewriteExtension(rewriting, { call, lock: object, duration, callback });
}

export function rewriteExtendBy(rewriting: Rewriting, { call, args }: MethodCall): void {
  const [lock, duration, third] = args;
  if (!lock || !isPlain(lock)) return rewriting.mark(call, "write it as lock.extend()");
  const callback = third && isFunction(third) ? third : undefined;
  if (third && !callback) rewriting.mark(call, "extend() is not tried again, so it takes no settings");
  rewriteExtension(rewriting, { call, lock, duration, callback });
}

function rewriteExtension(rewriting: Rewriting, extension: Extension): void {
  const { file, know, mark, kindOf } = rewriting;
  const { call, lock, duration, callback } = extension;
  const kind = awaited(kindOf(lock));
  const expiry = kind?.is === "lock" ? kind.duration : undefined;
  if (
    !duration ||
    durationKey(know, duration, file) !== expiry ||
    expiry === undefined ||
    isLent(file, lock, duration)
  )
    return mark(
      call,
      "extend() takes no duration, it extends to the expiry of the mutex, and resolves to nothing: drop the duration if it is that " +
        "expiry, else handOver() the lock, and adopt() it by a mutex with another one",
    );
  const extended = `${lock.text()}.extend()`;
  if (callback) {
    const suffix = `async () => { await ${extended}; return ${lock.text()}; }`;
    const begin = `${rewriting.imports.value("node:util", "callbackify")}(${suffix})(`;
    return file.edits.replace(startOf(call), startOf(callback), begin);
  }
  put(rewriting, call, lock, extended);
}

/** Whether a lock is kept where it may have been acquired with a duration that had another value then. */
function isLent(file: SourceFile, lock: Node, duration: Node): boolean {
  const extent = extentOf(duration, file);
  const root = rootOf(bare(lock));
  const declared = root && file.scopes.declarationOf(root)?.name;
  return extent !== undefined && declared !== undefined && !holds(extent, placeOf(declared, file));
}

const SAME = "extend() resolves to nothing: go on with the same lock";

/** Puts the extension there, and the same lock where the new one was used. */
function put({ file, mark, kindOf }: Rewriting, call: Node, lock: Node, extended: string): void {
  const awaiting = isA(call.parent(), "await_expression") ? call.parent() : undefined;
  const user = (awaiting ?? call).parent();
  if (isA(user, "expression_statement") || isIgnored(user)) {
    // The lock's own text stays in its place: it may be rewritten, too.
    file.edits.replace(startOf(call), startOf(lock), "");
    return file.edits.replace(endOf(lock), endOf(call), ".extend()");
  }
  if (kindOf(memberOf(lock)?.object)?.is === "context") return mark(call, SAME);
  const target = isA(user, "assignment_expression") ? user.field("left") : undefined;
  if (
    awaiting &&
    target?.text() === lock.text() &&
    isA(user?.parent(), "expression_statement", "arrow_function")
  )
    return file.edits.replace(startOf(user as Node), endOf(user as Node), `await ${extended}`);
  if (!isPlain(lock)) mark(call, SAME);
  const statement = statementAround(call);
  if (awaiting && isA(user, "variable_declarator") && isA(statement, "lexical_declaration")) {
    const indent = file.indentAt(startOf(statement));
    file.edits.insertBehind(startOf(statement), `await ${extended};${file.newLine}${indent}`);
    return file.edits.replace(startOf(awaiting), endOf(awaiting), lock.text());
  }
  file.edits.replace(startOf(call), endOf(call), `${extended}.then(() => ${lock.text()})`);
}

/** A `.then()` whose callback takes nothing, or a `.catch()` whose promise nobody uses. */
function isIgnored(user: Node | null | undefined): boolean {
  const then = user?.parent();
  if (!isA(user, "member_expression") || !isA(then, "call_expression")) return false;
  const [callback] = argumentsOf(then);
  const name = memberOf(user)?.name;
  if (name === "then") return isFunction(callback) && parametersOf(callback).length === 0;
  const outer = isA(then.parent(), "await_expression") ? then.parent()?.parent() : then.parent();
  return (name === "catch" || name === "finally") && isA(outer, "expression_statement");
}

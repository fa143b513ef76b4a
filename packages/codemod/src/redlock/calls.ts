import { awaited } from "../kinds/kind.ts";
import { isRedlockCall, looksLikeRedlock } from "../kinds/redlock-calls.ts";
import {
  bare,
  childrenOf,
  isA,
  lastNameOf,
  type MethodCall,
  memberOf,
  methodCallOf,
  type Node,
} from "../syntax/node.ts";
import { rewriteAcquire, rewriteDisposer } from "./acquire.ts";
import { isErrorListener } from "./events.ts";
import { rewriteExtend, rewriteExtendBy } from "./extend.ts";
import { ACQUIRING } from "./library.ts";
import { rewriteLockMember, rewriteLockPattern } from "./lock-members.ts";
import { rewriteQuit } from "./quit.ts";
import { rewriteRelease, rewriteReleaseBy } from "./release.ts";
import type { Rewriting } from "./rewriting.ts";
import { rewriteUsing } from "./using.ts";

type Rewrite = (rewriting: Rewriting, call: MethodCall) => void;

const ofRedlock: Readonly<Record<string, Rewrite>> = {
  ...Object.fromEntries(ACQUIRING.map((name) => [name, rewriteAcquire])),
  using: rewriteUsing,
  disposer: rewriteDisposer,
  release: rewriteReleaseBy,
  unlock: rewriteReleaseBy,
  extend: rewriteExtendBy,
  quit: rewriteQuit,
};

const ofLock: Readonly<Record<string, Rewrite>> = {
  release: rewriteRelease,
  unlock: rewriteRelease,
  extend: rewriteExtend,
};

/** Methods that only bluebird's promises have, which redlock 4 returned. */
const BLUEBIRD = [
  "tap",
  "timeout",
  "delay",
  "return",
  "spread",
  "asCallback",
  "nodeify",
  "disposer",
  "tapCatch",
];

/** Rewrites what is done with Redlocks and locks. Returns whether there was something. */
export function rewriteCalls(rewriting: Rewriting, moved: ReadonlySet<number>): boolean {
  let found = false;
  for (const node of rewriting.file.root.findAll({ rule: { kind: "member_expression" } })) {
    const call = node.parent();
    const method = call?.field("function")?.id() === node.id() ? methodCallOf(call) : undefined;
    if (moved.has(call?.id() ?? -1)) continue;
    found = (method ? rewriteCall(rewriting, method) : rewriteRead(rewriting, node)) || found;
  }
  for (const pattern of rewriting.file.root.findAll({ rule: { kind: "object_pattern" } })) {
    const declarator = pattern.parent();
    const value = isA(declarator, "variable_declarator") ? declarator.field("value") : undefined;
    const kind = rewriting.kindOf(value);
    if (kind?.is === "lock") rewriteLockPattern(rewriting, pattern);
    if (kind?.is === "redlock" && !takesDefault(pattern)) rewriting.mark(pattern, METHODS);
  }
  return found;
}

/** `{ default: redlock }` of an import is the Redlock that a file of CommonJS exports as a whole. */
const takesDefault = (pattern: Node) =>
  childrenOf(pattern).every((each) => each.field("key")?.text() === "default");

const METHODS = "its methods are mutex(), settled() and close()";

function rewriteCall(rewriting: Rewriting, method: MethodCall): boolean {
  const kind = rewriting.kindOf(method.object);
  const { name, call } = method;
  if (isRedlockCall(rewriting.know, method, rewriting.file)) {
    const rewrite = ofRedlock[name];
    if (rewrite) rewrite(rewriting, method);
    else if (isErrorListener(call))
      rewriting.mark(
        call,
        'a Redsync has no on(): move it into the option onEvent of new Redsync(), for events of the type "nodeFailed"',
      );
    else rewriting.mark(call, `a Redsync has no ${name}()`);
    return true;
  }
  if (kind?.is === "lock") {
    ofLock[name]?.(rewriting, method);
    return true;
  }
  if (kind?.is === "promise" && awaited(kind)?.is === "lock") markPromise(rewriting, method);
  return false;
}

/** What may be a lock or a Redlock by how it is called, in a file that uses redlock. */
export function markUnknown({ file, know, kindOf, mark }: Rewriting): void {
  for (const made of file.root.findAll({ rule: { kind: "new_expression" } })) {
    const named = made.field("constructor");
    if (know.usesLibrary && named && !kindOf(named) && isRedlockClass(named))
      mark(made, "if this is redlock's class, write it as new Redsync([ioredisNode(client)])");
  }
  for (const call of file.root.findAll({ rule: { kind: "call_expression" } })) {
    const method = methodCallOf(call);
    if (!method || kindOf(method.object) || looksLikeRedlock(method)) continue;
    const { name, args, object } = method;
    const isTimed = isA(args[0], "array") || isA(args[1], "number");
    if ([...ACQUIRING, "using"].includes(name) && args.length > 1 && isTimed)
      mark(call, `if this is a Redlock, it has mutex() here, and no ${name}()`);
    if (!Object.hasOwn(ofLock, name) || args.length > 1 || !/lock/i.test(lastNameOf(object))) continue;
    const counterpart = name === "extend" ? "extend(), without a duration" : "unlock()";
    mark(call, `if this is a lock of redlock, call ${object.text()}.${counterpart}`);
  }
}

/** `Redlock`, and `redlock.default` of a module by that name. */
function isRedlockClass(named: Node): boolean {
  const member = memberOf(bare(named));
  return /^redlock$/i.test(lastNameOf(member?.name === "default" ? member.object : named));
}

function markPromise({ mark }: Rewriting, { name, call, args }: MethodCall): void {
  if (BLUEBIRD.includes(name)) mark(call, `${name}() is of bluebird's promises: this is a native one now`);
  if (name === "catch" && args.length > 1)
    mark(call, "catch() takes no class of errors: this is a native promise now");
}

function rewriteRead(rewriting: Rewriting, node: Node): boolean {
  const member = memberOf(node);
  const kind = rewriting.kindOf(member?.object);
  if (kind?.is === "lock") rewriteLockMember(rewriting, node);
  if (kind?.is === "redlock" && member && member.name !== "default")
    rewriting.mark(node, `a Redsync has no ${member.name}: ${METHODS}`);
  return kind?.is === "lock" || kind?.is === "redlock";
}

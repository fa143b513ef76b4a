import { awaited } from "../kinds/kind.ts";
import { isRedlockCall } from "../kinds/redlock-calls.ts";
import {
  callOf,
  childrenOf,
  isA,
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
    const call = callOf(node);
    const method = methodCallOf(call);
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

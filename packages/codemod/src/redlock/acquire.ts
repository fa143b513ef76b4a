import {
  calleeOf,
  endOf,
  isA,
  isFunction,
  type MethodCall,
  memberOf,
  type Node,
  startOf,
} from "../syntax/node.ts";
import { callbackify, isCallback } from "./callback.ts";
import { toMutexArguments } from "./resources.ts";
import type { Rewriting } from "./rewriting.ts";
import { literalOf } from "./settings.ts";

/** `redlock.acquire(resources, duration, settings)` becomes `redlock.mutex(resources, { expiry: duration }).lock()`. */
export function rewriteAcquire(rewriting: Rewriting, { name, call, property, args }: MethodCall): void {
  const { file, mark } = rewriting;
  const [resources, duration, third, fourth] = args;
  if (!resources || !duration || args.some((each) => isA(each, "spread_element")))
    return mark(call, `write it as redlock.mutex(resources, { expiry: duration }).lock()`);
  const hasOptions = name.endsWith("WithOptions");
  const third_ = third && (hasOptions || !isCallback(rewriting, third, name)) ? third : undefined;
  const callback = hasOptions ? fourth : third_ ? undefined : third;
  if (callback && !isFunction(callback))
    return mark(
      call,
      `redsync has no callbacks: write it as redlock.mutex(resources, { expiry: duration }).lock().then(…)`,
    );
  const options = hasOptions ? (literalOf(file, third)?.text() ?? "") : "";
  if (/\bretryCount["']?:\s*0\b/.test(options))
    mark(call, "redlock 4 took a retryCount of 0 here for none given: tries: 1 does not wait, which it did");
  file.edits.replace(startOf(property), endOf(property), "mutex");
  const end = toMutexArguments(rewriting, [resources, duration, third_]);
  if (callback) callbackify(rewriting, call, { end, suffix: ").lock()", callback });
  else file.edits.insertBehind(endOf(call), ".lock()");
}

/** `using(redlock.disposer(resource, ttl), routine)` of bluebird becomes `redlock.mutex(resource, { expiry: ttl }).using(routine)`. */
export function rewriteDisposer(rewriting: Rewriting, { call, property, args }: MethodCall): void {
  const { file, mark } = rewriting;
  const [resources, duration, onError] = args;
  const using = call.parent()?.parent();
  const [first, routine, ...others] =
    using
      ?.field("arguments")
      ?.children()
      .filter((each) => each.isNamed()) ?? [];
  const callee = using && calleeOf(using);
  const isUsing = callee && /(^|\.)using$/i.test(callee.text()) && first?.id() === call.id();
  if (!isUsing || !resources || !duration || !routine || others.length > 0)
    return mark(
      call,
      "redsync has no disposers: write it as redlock.mutex(resource, { expiry: ttl }).using(async (lock) => …)",
    );
  if (onError)
    mark(call, `a failed unlock is told to onEvent (type "failed"): this was its handler: ${short(onError)}`);
  const name = memberOf(callee)?.object ?? callee;
  if (isA(name, "identifier")) rewriting.dropped.push(name);
  file.edits.replace(startOf(callee), startOf(call), "");
  file.edits.replace(startOf(property), endOf(property), "mutex");
  const end = toMutexArguments(rewriting, [resources, duration, undefined]);
  file.edits.replace(end, startOf(routine), ").using(");
}

const short = (node: Node) => node.text().split("\n")[0];

import { AsyncLocalStorage } from "node:async_hooks";
import { Inject } from "@nestjs/common";
import { type Lock, type LockOptions, Redsync } from "@redsync/core";

// biome-ignore lint/suspicious/noExplicitAny: a method may take and return what it likes
type Method = (...args: any[]) => Promise<any>;

const REDSYNC = "redsyncOfLocked";
const running = new AsyncLocalStorage<Lock>();

/** The lock under which the present `@Locked` method runs: its `signal` is for the method's work. */
export function currentLock(): Lock {
  const lock = running.getStore();
  if (lock === undefined) throw new Error("no method that is @Locked runs here");
  return lock;
}

/**
 * Runs a method under the lock of this name, in all processes. `{id}` is the argument called so, `{order.id}` is in it, and `{0}` is the
 * first argument, if a minifier renames them, or one of them has more than a name. Several names are one lock. The options bound the
 * waiting; the method rejects as `mutex.using()` does.
 *
 * @example
 * ```ts
 * @Locked("invoice:{id}", { timeout: 5_000 })
 * async send(id: string) {}
 * ```
 */
export function Locked(name: string | readonly string[], options?: LockOptions) {
  return (target: object, _key: string | symbol, descriptor: TypedPropertyDescriptor<Method>): void => {
    const method = descriptor.value as Method;
    const names = [name].flat().map((template) => nameOf(template, method));
    Inject(Redsync)(target, REDSYNC);
    async function locked(this: { [REDSYNC]: Redsync }, ...args: unknown[]): Promise<unknown> {
      const mutex = this[REDSYNC].mutex(names.map((nameFor) => nameFor(args)));
      return mutex.using((lock) => running.run(lock, () => method.apply(this, args)), options);
    }
    // What decorators below this one have said of the method.
    for (const what of Reflect.getMetadataKeys(method))
      Reflect.defineMetadata(what, Reflect.getMetadata(what, method), locked);
    descriptor.value = Object.defineProperty(locked, "name", { value: method.name });
  };
}

type Args = readonly unknown[];

function nameOf(template: string, method: Method): (args: Args) => string {
  // Every other one was in braces.
  const parts = template
    .split(/\{([^}]*)\}/)
    .map((text, index) => (index % 2 === 0 ? () => text : argumentAt(text, template, method)));
  return (args) => parts.map((part) => part(args)).join("");
}

function argumentAt(path: string, template: string, method: Method): (args: Args) => string {
  const [root = "", ...keys] = path.split(".");
  const index = /^\d+$/.test(root) ? Number(root) : parametersOf(method).indexOf(root);
  if (index < 0)
    throw new TypeError(`${method.name}() has no argument for {${path}} in @Locked("${template}")`);
  return (args) => {
    const value = keys.reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], args[index]);
    // No lock that all who lack it would share.
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint")
      throw new TypeError(
        `{${path}} in @Locked("${template}") of ${method.name}() is ${typeof value}, and no name`,
      );
    return String(value);
  };
}

/** The names of a method's parameters, as tsc and SWC leave them. Refuses those of which commas do not tell one from the next. */
function parametersOf(method: Method): string[] {
  const [, list = ""] = /\(([^)]*)\)/.exec(method.toString()) ?? [];
  if (/[{[("'`/]/.test(list))
    throw new TypeError(`the arguments of ${method.name}(${list}) have more than names: use {0} in @Locked`);
  return list.split(",").map((parameter) => parameter.replace(/=.*/s, "").trim());
}

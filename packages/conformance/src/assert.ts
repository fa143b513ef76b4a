/** A promise is not kept. */
class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** Holds if `value` is true. */
export function ok(value: unknown, what: string): asserts value {
  if (!value) throw new BrokenPromise(`not so: ${what}`);
}

/** Holds if the two are the same, by content for arrays and plain objects. */
export function same(actual: unknown, expected: unknown, what: string = "the values are the same"): void {
  if (!isSame(actual, expected)) {
    throw new BrokenPromise(`${what}: expected ${shown(expected)}, got ${shown(actual)}`, {
      cause: actual instanceof Error ? actual : undefined,
    });
  }
}

/** Holds if `value` is an instance of `type`. */
export function isA<T>(value: unknown, type: abstract new (...args: never[]) => T): asserts value is T {
  if (value instanceof type) return;
  const cause = value instanceof Error ? value : undefined;
  throw new BrokenPromise(`expected a ${type.name}, got ${shown(value)}`, { cause });
}

/** Holds if the text matches. */
export function matches(text: string, pattern: RegExp): void {
  ok(pattern.test(text), `${shown(text)} matches ${pattern}`);
}

/** Resolves to what the promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new BrokenPromise(`expected a rejection, got ${shown(value)}`);
}

/** Returns what the function throws. */
export function thrown(run: () => unknown): unknown {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    return error;
  }
  throw new BrokenPromise(`expected an exception, got ${shown(value)}`);
}

/** Resolves once `check` holds, asked every 5 ms; gives up after a minute. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await check())) {
    if (performance.now() > end) throw new BrokenPromise(`not so after a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Where a text is found in a thing, however deep, hidden properties included; undefined if nowhere. */
export function whereIn(thing: unknown, secret: string): string | undefined {
  const seen = new Set<unknown>();
  const walk = (found: unknown, path: string): string | undefined => {
    if (typeof found === "string") return found.includes(secret) ? path : undefined;
    if (typeof found !== "object" || found === null || seen.has(found)) return undefined;
    seen.add(found);
    for (const key of Reflect.ownKeys(found)) {
      if (typeof key === "string" && key.includes(secret)) return path;
      const place = walk(Reflect.get(found, key), `${path}.${String(key)}`);
      if (place !== undefined) return place;
    }
    return undefined;
  };
  return walk(thing, "it");
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => isSame(a[key], b[key]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  return JSON.stringify(value) ?? String(value);
}

import { expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";
import { SourceFile } from "../src/syntax/source-file.ts";

/** Programs by chance, in which uses of redlock stand within each other, as nobody would write them. */
class Programs {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  #below(limit: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) | 0;
    return (this.#seed >>> 8) % limit;
  }

  #one(...choices: (string | (() => string))[]): string {
    const choice = choices[this.#below(choices.length)] ?? "";
    return typeof choice === "string" ? choice : choice();
  }

  #redlock = () =>
    this.#one("redlock", "this.redlock", "redlock!", "(redlock as Redlock)", "services.redlock");
  #lock = () =>
    this.#one("lock", "this.lock", "held", "lock!", "all[0]", "byName[name]", "state.lock", "map.get(name)!");
  #names = () => this.#one(`["a"]`, "[a, b]", "[...all]", "name", `[\n  "a",\n  b,\n]`, `["a" /* one */]`);
  #ms = () => this.#one("5000", "TTL", "60 * 1000", "this.ttl", "ttl(1)", "expiry");
  #settings = () =>
    this.#one(
      "",
      ", { retryCount: 0 }",
      ", {}",
      ", settings",
      ", {\n  // c\n  retryCount: 1,\n}",
      ", { ...base }",
    );

  #routine = (depth: number) =>
    this.#one(
      () => `async (signal) => { ${this.#statement(depth)} if (signal.aborted) throw signal.error; }`,
      () =>
        `async function (signal, context) { use(context.lock.resources, { signal }); ${this.#statement(depth)} }`,
      () => `({ aborted, error }) => ${this.#expression(depth)}`,
      () => `signal => ${this.#expression(depth)}`,
      "work",
      "named",
      "make()",
    );

  #expression = (depth: number): string => {
    if (depth <= 0)
      return this.#one(
        "1",
        "lock.value",
        "lock.expiration - Date.now()",
        "error instanceof ExecutionError",
        "redlock.settings",
      );
    const inner = () => this.#expression(depth - 1);
    return this.#one(
      () => `await ${this.#redlock()}.acquire(${this.#names()}, ${this.#ms()}${this.#settings()})`,
      () =>
        `await ${this.#redlock()}.using${this.#one("", "<string>", "<Lock | null>")}(${this.#names()}, ${this.#ms()}${this.#settings()}, ${this.#routine(depth - 1)})`,
      () =>
        `${this.#redlock()}.lock("a", ${this.#ms()}, function (err, lock) { ${this.#statement(depth - 1)} })`,
      () => `redlock.acquire([${inner()}], ${this.#ms()})`,
      () => `await ${this.#redlock()}.release(${this.#one(this.#lock, inner)})`,
      () => `${this.#lock()}.release()`,
      () => `await ${this.#lock()}.extend(${this.#ms()})`,
      () => `${this.#lock()}.extend(${this.#ms()}).then((l) => ${inner()})`,
      () => `${this.#redlock()}.extend(${this.#lock()}, ${this.#ms()})`,
      () => `using(redlock.disposer("a", ${this.#ms()}), (lock) => ${inner()})`,
      () => `new Redlock([client, ...more]${this.#settings()})`,
      () => `!(error instanceof ResourceLockedError) && ${inner()}`,
      () => `"ExecutionError" === error.constructor.name ? ${inner()} : "ResourceLockedError" != error.name`,
      () => `error.name !== "ExecutionError" || ${this.#lock()}.expiration > Date.now()`,
      () => `f(${inner()}, [${inner()}], { a: ${inner()} })`,
      () => `x ? ${inner()} : (${inner()})`,
      "await redlock.quit()",
    );
  };

  #statement = (depth: number): string =>
    this.#one(
      () => `${this.#expression(depth)};`,
      () => `lock = ${this.#expression(depth)};`,
      () => `all.push(${this.#expression(depth)});`,
      () => `map.set(name, ${this.#expression(depth)});`,
      () => `${this.#one("all[0]", "byName[name]", "state.lock")} = ${this.#expression(depth)};`,
      () => `for (const [n, l] of map) { l.release(); ${this.#statement(depth - 1)} }`,
      () => `const v${this.#below(99)} = ${this.#expression(depth)};`,
      () => `return ${this.#expression(depth)};`,
      () =>
        `if (${this.#expression(depth - 1)}) {\n${this.#statement(depth - 1)}\n} else ${this.#statement(depth - 1)}`,
      () => `for (const l of ${this.#expression(depth - 1)}) l.release();`,
      () => `redlock.on("error", (error) => { ${this.#statement(depth - 1)} });`,
      () =>
        `this.redlock = new Redlock([client]${this.#settings()});\nthis.redlock.on("error", console.error);`,
      () => `try {\n${this.#statement(depth - 1)}\n} catch (error) { ${this.#statement(depth - 1)} }`,
    );

  next(): string {
    const body = () => `${this.#statement(1 + this.#below(3))}\n${this.#statement(1 + this.#below(3))}`;
    return `import Redlock, { ExecutionError, ResourceLockedError, type Lock } from "redlock";
const { using, delay } = require("bluebird"), { LockError } = Redlock;
const redlock = new Redlock([client]${this.#settings()});
const [all, byName, map, state] = [[], {}, new Map(), {}];
async function named(${this.#one("signal", "signal, context", "{ aborted, error }", "signal: AbortSignal")}) {
if (signal.aborted) throw signal.error;
use(context.lock.resources, { signal });
${body()}
}
${body()}
export class Uses {
  redlock: Redlock;
  lock: Lock;
  async go(lock: Lock, error: any) {
${body()}
  }
}
`;
  }
}

it.each([1, 2, 3, 4])("uses within uses become what can be read, and stay so (seed %i)", (seed) => {
  const programs = new Programs(seed);
  let tried = 0;
  while (tried < 60) {
    const program = programs.next();
    if (new SourceFile("a.ts", program).unreadable !== undefined) continue;
    tried++;
    const once = rewriteProject(new Map([["a.ts", program]])).changed.get("a.ts") ?? "";
    const where = new SourceFile("a.ts", once).unreadable;
    expect(where === undefined ? undefined : { program, once, where }).toBeUndefined();
    const twice = rewriteProject(new Map([["a.ts", once]])).changed;
    expect(twice.size === 0 ? undefined : { once, twice }).toBeUndefined();
  }
});

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as core from "../src/index.ts";
import { Redsync } from "../src/index.ts";
import { answering } from "./answering.ts";

const node = answering(1);
const open = () => {
  const redsync = new Redsync(node, { expiry: 60_000, fencing: true });
  return { redsync, mutex: redsync.mutex("job") };
};

/** Every name by which something of an object can be reached, its prototypes' included. */
function namesOf(object: object): string[] {
  const names: string[] = [];
  for (let each = object; each !== Object.prototype; each = Object.getPrototypeOf(each))
    names.push(...Reflect.ownKeys(each).map(String));
  return [...new Set(names)].filter((name) => name !== "constructor").sort();
}

const INSPECT = "Symbol(nodejs.util.inspect.custom)";
const DISPOSE = String(Symbol.asyncDispose);

describe("what is public", () => {
  it("is all that a lock, a mutex and a Redsync have at run time", async () => {
    const { redsync, mutex } = open();
    const lock = await mutex.lock();
    expect(namesOf(lock)).toEqual(
      [
        ...["name", "names", "value", "token", "until", "signal", "remaining", "assertHeld"],
        ...["verify", "extend", "unlock", "handOver", "toJSON", DISPOSE, INSPECT],
      ].sort(),
    );
    expect(namesOf(mutex)).toEqual(
      ["name", "names", "lock", "tryLock", "using", "adopt", "inspect", INSPECT].sort(),
    );
    expect(namesOf(redsync)).toEqual(["mutex", "settled", "close", DISPOSE].sort());
    for (const property of ["value", "token", "until", "signal"])
      expect(() => Object.assign(lock, { [property]: "another" })).toThrow(TypeError);
    expect(() => Object.assign(lock.names, { 0: "another" })).toThrow(TypeError);
    expect(core).not.toHaveProperty("Lock");
    expect(core).not.toHaveProperty("Mutex");
    await lock.unlock();
  });

  it("is what console.log and JSON show, without the value of a lock", async () => {
    const { redsync, mutex } = open();
    const lock = await mutex.lock();
    const shown = inspect(lock);
    expect(shown).toMatch(/^Lock \{ name: 'job', until: \S+Z, remaining: \d+ \}$/);
    expect(inspect(mutex)).toBe("Mutex { name: 'job', names: [ 'job' ] }");
    expect(inspect(redsync)).toMatch(
      /^Redsync \{\s+mutex: \[Function.*\],\s+settled: \[Function.*\],\s+close: \[/,
    );
    expect(JSON.parse(JSON.stringify(lock))).toEqual({
      name: "job",
      until: lock.until.toISOString(),
      remaining: expect.any(Number),
    });
    expect(JSON.parse(JSON.stringify({ redsync, mutex }))).toEqual({
      redsync: {},
      mutex: { name: "job", names: ["job"] },
    });
    await lock.unlock();
  });
});

describe("a method that was torn off", () => {
  it("does what it does", async () => {
    const { mutex: named, settled } = new Redsync(node);
    const { lock, tryLock, using, adopt } = named("job");
    const { value } = await lock();
    expect((await tryLock())?.name).toBe("job");
    expect(await using(({ remaining }) => remaining() > 0)).toBe(true);
    const { verify, extend, assertHeld, handOver, remaining, unlock } = await adopt(value);
    await verify();
    await extend();
    assertHeld();
    handOver();
    expect(remaining()).toBeGreaterThan(0);
    expect(await Promise.resolve().then(() => unlock())).toBe("released");
    await settled();
  });
});

/** As Vue's `reactive` does: what is read through it is wrapped again, and called with it as `this`. */
function reactive<T extends object>(target: T): T {
  return new Proxy(target, {
    get(object, key, receiver) {
      const found: unknown = Reflect.get(object, key, receiver);
      const isPlain = Object.prototype.toString.call(found) === "[object Object]";
      return isPlain ? reactive(found as object) : found;
    },
  });
}

describe("a Proxy", () => {
  it("around a Redsync, a mutex or a lock works as they do", async () => {
    const { redsync } = open();
    const mutex = reactive(reactive(redsync).mutex("job"));
    const lock = reactive(await mutex.lock());
    expect([lock.name, lock.value, lock.token]).toEqual(["job", expect.any(String), 1]);
    expect(lock.until.getTime()).toBeGreaterThan(Date.now());
    expect(lock.signal.aborted).toBe(false);
    await lock.extend();
    await lock.verify();
    lock.assertHeld();
    expect(await lock.unlock()).toBe("released");
    expect(lock.remaining()).toBe(0);
    await reactive(await mutex.lock())[Symbol.asyncDispose]();
    await reactive(redsync).settled();
  });
});

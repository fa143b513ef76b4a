import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createContext, runInContext } from "node:vm";
import { expect, it } from "vitest";

const require = createRequire(import.meta.url);
const readme = readFileSync(new URL("../../../../packages/core/README.md", import.meta.url), "utf8");

/** The globals that core's README says it needs. */
const [, sentence = ""] = /of the globals ([^.]+)\./.exec(readme) ?? [];
const stated = [...sentence.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);

/** Runs this in a realm that has ECMAScript and these globals alone, with core and memory nodes as they are built. */
function runWith(globals: readonly string[], code: string): Promise<unknown> {
  const realm = createContext(
    Object.fromEntries(globals.map((name) => [name, globalThis[name as keyof typeof globalThis]])),
  );
  const load = (name: string) => {
    const module = { exports: {} };
    const source = readFileSync(require.resolve(name), "utf8");
    runInContext(`(function (module, exports, require) {${source}\n})`, realm)(module, module.exports, load);
    return module.exports;
  };
  const program = runInContext(`(async ({ Redsync }, { memoryNode }) => {${code}\n})`, realm);
  return program(load("@redsync/core"), load("@redsync/memory"));
}

const everything = `
  const redsync = new Redsync([memoryNode(), memoryNode(), memoryNode()], { fencing: true });
  const mutex = redsync.mutex(["one", "two"]);
  const ended = await mutex.using(async (lock) => {
    lock.signal.aborted;
    await lock.extend();
    await lock.verify();
    return mutex.tryLock();
  });
  const { signal } = new AbortController();
  const lock = await mutex.lock({ signal, timeout: 1_000 });
  lock.handOver();
  const heir = await mutex.adopt(lock.value, { token: lock.token });
  const unlocked = await heir.unlock();
  await redsync.settled();
  return [ended, unlocked];
`;

it("core runs with the globals that its README states", async () => {
  expect(stated.length).toBeGreaterThan(3);
  expect(await runWith(stated, everything)).toEqual([null, "released"]);
});

// Whoever has setTimeout has clearTimeout; without it alone, timers would run into nothing after the test.
it.each(stated.filter((name) => name !== "clearTimeout"))(
  "core needs %s, as its README states",
  async (name) => {
    const others = stated.filter((other) => other !== name);
    await expect(async () => runWith(others, everything)).rejects.toThrow(`${name} is not defined`);
  },
);

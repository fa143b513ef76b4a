import { expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";
import { rewritten } from "./rewritten.ts";

const lines = (program: string) =>
  rewritten(`declare const redlock: Redlock;\n${program}`).replace(/^declare .*\n/, "");

it.each([
  [
    `redlock.using<string>(["a"], ms, async () => "x");`,
    `redlock.mutex("a", { expiry: ms }).using<string>(async () => "x");`,
  ],
  [
    `redlock.using<Map<string, number>>(["a"], ms, { retryCount: 0 }, work());`,
    `redlock.mutex("a", { expiry: ms, tries: 1 }).using<Map<string, number>>(work());`,
  ],
  [
    `const x = await redlock.using<string>(["a"], ms, async (signal) => work(signal));`,
    `const x = await redlock.mutex("a", { expiry: ms }).using<string>(async ({ signal }) => work(signal));`,
  ],
  [
    `const x = await using<Lock, string>(redlock.disposer(a, 1000), work);`,
    `const x = await redlock.mutex(a, { expiry: 1000 }).using(work);`,
  ],
  [
    `redlock.using(["a"], 5000 /* ms, not s */, async () => 1);`,
    `redlock.mutex("a", { expiry: 5000 } /* ms, not s */).using(async () => 1);`,
  ],
  [
    `redlock.using(["a"], 5000, { retryCount: 0 } /* a, b */, /* c, d */ async () => 1);`,
    `redlock.mutex("a", { expiry: 5000, tries: 1 } /* a, b */).using(/* c, d */ async () => 1);`,
  ],
  // Of a type that is renamed as well.
  [
    `redlock.using<Lock>(["a"], ms, () => make());`,
    `redlock.mutex("a", { expiry: ms }).using(() => make());`,
  ],
])("%s becomes %s", (before, after) => {
  expect(lines(`${before}\n`).split("\n").at(-2)).toBe(after);
});

it.each([
  ["this: Worker, signal: RedlockAbortSignal", "this: Worker, { signal }: Lock"],
  ["this: Worker", "this: Worker"],
  ["this: Worker, stop: RedlockAbortSignal", "this: Worker, { signal: stop }: Lock"],
])("a routine with (%s) gets (%s)", (before, after) => {
  const program = (parameters: string) => `async function work(${parameters}) {}\n`;
  expect(lines(`${program(before)}redlock.using([a], 1000, work);\n`)).toBe(
    `${program(after)}redlock.mutex(a, { expiry: 1000 }).using(work);\n`,
  );
});

it("leaves a this parameter, and takes the signal and the context behind it", () => {
  const text = `import Redlock, { type RedlockAbortSignal, type RedlockUsingContext } from "@sesamecare-oss/redlock";
declare const redlock: Redlock;
redlock.using([a], 1000, async function (this: void, signal: RedlockAbortSignal, context: RedlockUsingContext) {
  if (signal.aborted) throw signal.error;
  use(context.lock);
});
`;
  const after = rewriteProject(new Map([["a.ts", text]])).changed.get("a.ts") ?? "";
  expect(after).toContain(
    "async function (this: void, lock) {\n  if (lock.signal.aborted) throw lock.signal.reason;\n  use(lock);",
  );
});

it("follows what a call with a type gives, if it is awaited", () => {
  const program =
    "const take = <T>(n: T) => redlock.acquire([n], ms);\nconst held = await take<string>(a);\nheld.release();\n";
  expect(lines(program)).toContain("\nheld.unlock();");
});

it.each([
  ["const lock = context.lock;", "lock", "held", "const lock = held;"],
  [
    "const held = 1; const lock = context.lock;",
    "lock",
    "heldLock",
    "const held = 1; const lock = heldLock;",
  ],
  ["const mine = context.lock;", "mine", "lock", "const mine = lock;"],
])("gives the lock of a routine with %j a name that it does not have", (body, name, given, after) => {
  const text = `import { Redlock } from "@sesamecare-oss/redlock";\ndeclare const redlock: Redlock;\nredlock.using([a], 1000, async (signal, context) => { ${body} go(${name}); });\n`;
  expect(rewriteProject(new Map([["a.ts", text]])).changed.get("a.ts")).toContain(
    `using(async (${given}) => { ${after} go(${name}); });`,
  );
});

import { expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";

const OWN = `import Redlock from "redlock";\nexport const own = new Redlock([client]);\n`;

/** What becomes of a file beside one that uses redlock. */
function beside(text: string): string {
  const texts = new Map([
    ["own.ts", OWN],
    ["other.ts", text],
  ]);
  return rewriteProject(texts).changed.get("other.ts") ?? text;
}

it.each([
  `import { createRedlock } from "redlock-universal";\nconst redlock = createRedlock(nodes);\nconst held = await redlock.acquire("a", 1000);\nawait redlock.release(held);\nawait held.release();\n`,
  `import { createRedlock } from "redlock-universal";\nconst locker = createRedlock(nodes);\nawait locker.acquire("a", 1000);\n`,
  `import { RedLock } from "redlock-universal";\nconst redlock = new RedLock(nodes);\nawait redlock.using("a", 1000, work);\n`,
  `import type { RedLock } from "redlock-universal";\nexport const take = (redlock: RedLock) => redlock.acquire("a", 1000);\n`,
  `import type { RedLock } from "redlock-universal";\nclass Job {\n  constructor(private redlock: RedLock) {}\n  take() { return this.redlock.acquire("a", 1000); }\n}\n`,
  `const { RedlockMutex } = require("redis-semaphore");\nconst redlock = new RedlockMutex(clients, "a");\nawait redlock.acquire("a", 1000);\n`,
])("leaves %s alone", (text) => {
  expect(beside(text)).toBe(text);
});

it.each([
  `import { redlock } from "@acme/redlock";\nawait redlock.acquire(["a"], 1000);\n`,
  `import * as acme from "@acme/locks";\nawait acme.redlock.acquire(["a"], 1000);\n`,
  `const redlock = await require("@acme/locks").make();\nawait redlock.acquire(["a"], 1000);\n`,
  `import { RedlockService } from "nest-redlock";\nclass Job {\n  constructor(private redlock: RedlockService) {}\n  take() { return this.redlock.acquire(["a"], 1000); }\n}\n`,
])("marks %s, and leaves it", (text) => {
  const after = beside(text);
  expect(after).toMatch(
    / *\/\/ TODO\(redsync\): (@acme\/\w+|nest-redlock) gives this: if it is a Redlock of redlock/,
  );
  expect(after.replace(/^ *\/\/ TODO.*\n/m, "")).toBe(text);
});

it.each([
  `export const take = (redlock) => redlock.acquire(["a"], 1000);\n`,
  `import { app } from "./app";\nconst redlock = app.get("redlock");\nawait redlock.acquire(["a"], 1000);\n`,
  `import { redlock } from "@/lib/redlock";\nawait redlock.acquire(["a"], 1000);\n`,
])("still rewrites %s", (text) => {
  expect(beside(`import { own } from "./own";\n${text}`)).toContain(`redlock.mutex("a", { expiry: 1000 })`);
});

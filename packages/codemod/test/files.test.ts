import { expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";

const changedIn = (files: Record<string, string>) =>
  Object.fromEntries(rewriteProject(new Map(Object.entries(files))).changed);

it("follows an alias whose end is the end of a path", () => {
  const changed = changedIn({
    "src/lib/locks.ts": `import Redlock from "redlock";\nexport const redlock = new Redlock([client]);\n`,
    "src/jobs/mail.ts": `import { redlock } from "@/lib/locks";\nconst lock = await redlock.acquire(["mail"], 1000);\nawait lock.release();\n`,
  });
  expect(changed["src/jobs/mail.ts"]).toBe(
    `import { redlock } from "@/lib/locks";\nconst lock = await redlock.mutex("mail", { expiry: 1000 }).lock();\nawait lock.unlock();\n`,
  );
});

it("follows an index file, and a class in whose field a Redlock is", () => {
  const changed = changedIn({
    "src/locks/index.ts": `export { Locks } from "./locks";\n`,
    "src/locks/locks.ts": `import Redlock from "redlock";\nexport class Locks { readonly inner: Redlock = new Redlock([client]); }\n`,
    "src/use.ts": `import { Locks } from "./locks";\nexport class Use {\n  constructor(private locks: Locks) {}\n  take() {\n    return this.locks.inner.acquire(["a"], 1000);\n  }\n}\n`,
  });
  expect(changed["src/use.ts"]).toContain(`this.locks.inner.mutex("a", { expiry: 1000 }).lock();`);
});

it.each([
  [
    "the locks of another library",
    `import { Mutex } from "async-mutex";\nconst redlock = null;\nawait lock.release();\n`,
  ],
  [
    "a class of one's own by that name",
    `class Redlock { acquire(names, ms) {} }\nnew Redlock().acquire(["a"], 1);\n`,
  ],
  ["what only looks like it", `const text = "new Redlock([client])"; // redlock.acquire(["a"], 1000)\n`],
])("leaves %s alone", (_, text) => {
  expect(changedIn({ "a.ts": text })).toEqual({});
});

it("imports a type under another name if the file has one of that name", () => {
  const text = `import * as Redlock from "redlock";\nclass Lock {}\nfunction of(lock: Redlock.Lock): Lock { return new Lock(); }\n`;
  expect(changedIn({ "a.ts": text })["a.ts"]).toBe(
    `import type { Lock as RedsyncLock } from "@redsync/core";\nclass Lock {}\nfunction of(lock: RedsyncLock): Lock { return new Lock(); }\n`,
  );
});

it("marks the database of the fork, which its client does not choose", () => {
  const text = `import { Redlock } from "@sesamecare-oss/redlock";\nconst redlock = new Redlock([new Redis(url, { db: 1 })]);\n`;
  expect(changedIn({ "a.ts": text })["a.ts"]).toContain("the fork kept its locks in database 0");
  expect(changedIn({ "a.ts": text.replace("1", "0") })["a.ts"]).not.toContain("TODO");
});

it("imports a type under another name if redlock's is left to the user", () => {
  const text = `import { Lock } from "redlock";\nfunction of(lock: Lock) { return new Lock(lock.redlock, [], "", [], 0); }\n`;
  const after = changedIn({ "a.ts": text })["a.ts"];
  expect(after).toContain(
    `import { Lock } from "redlock";\nimport type { Lock as RedsyncLock } from "@redsync/core";\n`,
  );
  expect(after).toContain("function of(lock: RedsyncLock) {");
  expect(after).toContain("a Lock is made by lock(), tryLock() and adopt()");
});

it("marks settings that are written down, but that no Redlock is seen to take", () => {
  const text = `import type { Settings } from "redlock";\nexport const settings: Partial<Settings> = { retryCount: 3 };\n`;
  expect(changedIn({ "a.ts": text })["a.ts"]).toBe(
    `import type { MutexOptions } from "@redsync/core";
// TODO(redsync): settings must be options of redsync: tries (retryCount + 1), retryDelay, driftFactor
export const settings: Partial<MutexOptions> = { retryCount: 3 };
`,
  );
});

it("imports in the manner of the file", () => {
  const text = `const Redis = require('ioredis')\nconst { default: Redlock } = require('redlock')\nconst redlock = new Redlock([new Redis()], { retryCount: 1, retryDelay: 5, retryJitter: 0 })\n`;
  expect(changedIn({ "a.cjs": text })["a.cjs"]).toBe(
    `const Redis = require('ioredis')\nconst { Redsync } = require('@redsync/core')\nconst { ioredisNode } = require('@redsync/ioredis')\nconst redlock = new Redsync([ioredisNode(new Redis())], { tries: 2, retryDelay: 5 })\n`,
  );
});

it("keeps the import of redlock as long as something needs it", () => {
  const text = `import Redlock from "redlock";\nexport class Own extends Redlock {}\nexport const other = new Redlock([client], { retryCount: 0, retryDelay: 1, retryJitter: 0 });\n`;
  const after = changedIn({ "a.ts": text })["a.ts"] ?? "";
  expect(after).toContain(`import Redlock from "redlock";\nimport { Redsync } from "@redsync/core";\n`);
  expect(after).toMatch(/TODO\(redsync\): Redsync is no class to be extended/);
  expect(changedIn({ "a.ts": after })).toEqual({});
});

const MAKE = "const redlock = new Redlock([client], { retryCount: 0, retryDelay: 1, retryJitter: 0 });\n";
const MADE = `const redlock = new Redsync([ioredisNode(client)], { tries: 1, retryDelay: 1 });\n`;

it.each([
  ["import Redlock from", `import Redlock from "redlock";`],
  ["import { default as } from", `import { default as Redlock } from "redlock";`],
  ["import * as", `import * as Redlock from "redlock";`],
  ["import = require()", `import Redlock = require("redlock");`],
  ["import of a file in it", `import Redlock from "redlock/dist/cjs/index.js";`],
  ["require() of a file in it", `const Redlock = require("redlock/redlock");`],
  ["{ default } of require()", `const { default: Redlock } = require("redlock");`],
  ["require().default", `const Redlock = require("redlock").default;`],
  ["require() of a template", "const Redlock = require(`redlock`);"],
  ["module.require()", `const Redlock = module.require("redlock");`],
  [
    "what createRequire() made",
    `const load = createRequire(import.meta.url);\nconst Redlock = load("redlock");`,
  ],
  ["{ default } of await import()", `const { default: Redlock } = await import("redlock");`],
  ["(await import()).default", `const Redlock = (await import("redlock")).default;`],
])("rewrites a file with %s", (_, head) => {
  const after = changedIn({ "a.ts": `${head}\n${MAKE}` })["a.ts"] ?? "";
  expect(after.endsWith(MADE)).toBe(true);
  expect(after).toMatch(/[`"]@redsync\/core[`"]/);
  expect(after).not.toMatch(/TODO|["\x60]redlock/);
});

it("requires redsync before a Redlock is made of a require()", () => {
  const text = `const redlock = new (require("redlock"))([client], { retryCount: 0, retryDelay: 1, retryJitter: 0 });\n`;
  expect(changedIn({ "a.cjs": text })["a.cjs"]).toBe(
    `const { Redsync } = require("@redsync/core");\nconst { ioredisNode } = require("@redsync/ioredis");\n${MADE}`,
  );
});

it.each([
  [`let Redlock;\ntry {\n  Redlock = require("redlock");\n} catch {}\n`, "import Redsync of @redsync/core"],
  [`const Redlock = __importDefault(require("redlock"));\n`, "import Redsync of @redsync/core"],
  [
    `import("redlock").then(({ default: Redlock }) => new Redlock([client]));\n`,
    "import Redsync of @redsync/core",
  ],
  [`const Redlock = await vi.importActual("redlock");\n`, "import Redsync of @redsync/core"],
  [`let lock: import("redlock").Lock;\n`, "import Redsync of @redsync/core"],
  [`vi.mock("redlock");\n`, "mock nothing"],
  [`declare module "redlock" {}\n`, "redsync has types of its own"],
  [`export { default } from "redlock";\n`, "export what is needed"],
  [`export * as all from "redlock";\n`, "export what is needed"],
  [`export * from "@sesamecare-oss/redlock";\n`, "export what is needed"],
  [`module.exports = require("redlock");\n`, "import Redsync of @redsync/core"],
  [`import Redlock from "redlock";\nexport default Redlock;\n`, "pass on Redsync"],
  [
    `import * as all from "redlock";\nconst Redlock = all.default;\n`,
    "use Redsync of @redsync/core in place",
  ],
  [`const load = loaderOf(app);\nconst Redlock = load("redlock");\n${MAKE}`, "if this is redlock's class"],
])("marks %s", (text, message) => {
  const after = changedIn({ "a.ts": text })["a.ts"] ?? "";
  expect(after).toMatch(/^ *\/\/ TODO\(redsync\): /m);
  expect(after).toContain(message);
});

const COMMONJS = `const Redlock = require("redlock");\n${MAKE}`;

it.each([
  ["module.exports = redlock;", `import mgr from "./locks.js";`],
  ["module.exports = redlock;", `import * as all from "./locks.js";\nconst mgr = all.default;`],
  ["module.exports = redlock;", `const { default: mgr } = await import("./locks.js");`],
  ["module.exports = redlock;", `const mgr = (await import("./locks.js")).default;`],
  ["module.exports = redlock;\nmodule.exports.default = redlock;", `import mgr from "./locks.js";`],
  ["exports = module.exports = redlock;", `const mgr = require("./locks");`],
  ["exports.redlock = redlock;", `import locks from "./locks.js";\nconst mgr = locks.redlock;`],
  ["module.exports = { redlock };", `import locks from "./locks.js";\nconst { redlock: mgr } = locks;`],
  ["export = redlock;", `import mgr = require("./locks");`],
  ["export = redlock;", `import mgr from "./locks";`],
  ["export = { redlock };", `import { redlock as mgr } from "./locks";`],
])("follows a Redlock that is exported by %s and imported by %s", (exporting, importing) => {
  const changed = changedIn({
    "locks.ts": `${COMMONJS}${exporting}\n`,
    "use.ts": `${importing}\nconst held = await mgr.acquire(["a"], 1000);\nawait held.release();\n`,
  });
  expect(changed["use.ts"]).toBe(
    `${importing}\nconst held = await mgr.mutex("a", { expiry: 1000 }).lock();\nawait held.unlock();\n`,
  );
});

it("marks what may be a Redlock, if it comes from a file with one in a way that is not followed", () => {
  const files = {
    "locks.js": `${COMMONJS}Object.assign(exports, { mgr: redlock });\n`,
    "use.js": `const { mgr } = require("./locks");\nmgr.acquire(["a"], 1000);\n`,
  };
  expect(changedIn(files)["use.js"]).toContain("TODO(redsync): if this is a Redlock, it has mutex() here");
});

it.each([
  ["names redlock", "redlock.lock(];\n", ["broken.ts"]],
  ["may use a lock", "await held.release(];\n", ["broken.ts"]],
  ["exports of a file with a Redlock", `export * from "./a";\nf(];\n`, ["broken.ts"]],
  ["has nothing to do with locks", "print(];\n", []],
])("a file that cannot be read and %s is listed, or not", (_, text, listed) => {
  const { unreadable } = rewriteProject(
    new Map([
      ["a.ts", COMMONJS],
      ["broken.ts", text],
    ]),
  );
  expect([...unreadable.keys()]).toEqual(listed);
});

it.each([
  ["is rewritten", COMMONJS, []],
  ["has something left", `import Redlock from "redlock";\nclass Own extends Redlock {}\n`, ["a.ts"]],
  ["mocks it", `vi.mock("redlock");\n`, ["a.ts"]],
  ["names its types in a comment", `/** @type {import("redlock").Lock} */\nlet lock;\n`, ["a.ts"]],
  ["cannot be read", `import Redlock from "redlock";\nf(];\n`, ["a.ts"]],
  ["only has a text of that name", `app.decorate("redlock", locks);\n`, []],
])("says whether a file that %s imports redlock still", (_, text, importers) => {
  expect(rewriteProject(new Map([["a.ts", text]])).importers).toEqual(importers);
});

it("leaves a file alone that it cannot read, and says where", () => {
  const text = `import Redlock from "redlock";\nconst redlock = new Redlock([client];\n`;
  const { changed, unreadable } = rewriteProject(new Map([["a.ts", text]]));
  expect([...changed]).toEqual([]);
  expect([...unreadable.keys()]).toEqual(["a.ts"]);
});

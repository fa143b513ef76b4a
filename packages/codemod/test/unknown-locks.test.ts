import { expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";
import { rewritten } from "./rewritten.ts";

const MADE = "const redlock = new Redlock([client], { retryCount: 0, retryDelay: 1 });\n";

it.each([
  ["a parameter", "function free(held) { held.release(); }"],
  ["a parameter of any type", "function free(held: any) { held?.release(); }"],
  ["a parameter of a generic type", "function free<T extends Free>(held: T) { held.release(); }"],
  ["an element of a parameter", "function free(held) { held[0].release(); }"],
  [
    "each element of a parameter",
    "function free(held) { return Promise.all(held.map((l) => l.release())); }",
  ],
  ["what a Map has that others fill", `import { held } from "./held.js";\nheld.get(a).release();`],
  ["what a Map has that nobody is seen to fill", "const held = new Map();\nheld.get(a).release();"],
  ["what an object has that others fill", "const held = {};\nexport { held };\nheld[a].release();"],
  ["a property that others set", "export const state = { held: null };\nstate.held.release();"],
  ["what a method of it gives", "const held = {};\nheld[a].renew().then((l) => l.release());"],
  [
    "a field that is taken out of this",
    "class A {\n  held = null;\n  free() { const { held } = this; held.release(); }\n}",
  ],
  ["a property that is taken out", "const state = { held: null };\nconst { held } = state;\nheld.release();"],
  [
    "what a method that is inherited gives",
    "class A extends B {}\nconst held = await new A().take();\nheld.release();",
  ],
  [
    "a lock in the request of a package",
    `import express from "express";\nconst app = express();\napp.post("/", async (request) => { await request.lock.release(); });`,
  ],
  [
    "what is in the request of a package",
    `import express from "express";\nconst app = express();\napp.post("/", async (request) => { await request.held.release(); });`,
  ],
  [
    "a lock of a file that is not there",
    `import { take } from "./take";\nconst lock = await take();\nlock.release();`,
  ],
  ["what comes by an alias", `import { take } from "@/take";\nconst held = await take();\nheld.release();`],
  ["what is empty at first", "let held = {};\nheld = await take();\nheld.release();"],
  [
    "a field that is empty at first",
    "class A {\n  held = {};\n  async go() { this.held = await take(); this.held.release(); }\n}",
  ],
  [
    "a parameter of the type of something",
    "function free(held: Awaited<ReturnType<typeof redlock.acquire>>) { held.release(); }",
  ],
  ["a property of a parameter", "app.use((request) => request.held.release());"],
  [
    "a variable that is given an unknown value",
    "let held;\nfunction keep(it) { held = it; }\nheld.release();",
  ],
  [
    "what a routine returns that is given",
    "async function once(take) { const held = await take(); held.release(); }",
  ],
  ["what allSettled() gives", "for (const each of await Promise.allSettled(all())) each.value.release();"],
  ["a method that is bound", "function free(held) { work().finally(held.release.bind(held)); }"],
  ["a call with a callback", "function free(held, done) { held.release((error) => done(error)); }"],
  ["unlock() with a callback", "function free(held, done) { held.unlock((error) => done(error)); }"],
  ["when it expires", "const left = (held) => held.lock.expiration - Date.now();"],
  ["an extension", "function stay(held) { return held.extend(60 * 1000); }"],
])("marks what may be a lock: %s", (_, program) => {
  const after = rewritten(`${MADE}${program}\n`);
  expect(after).toMatch(/^ *\/\/ TODO\(redsync\): if this is a lock of redlock, /m);
});

it.each([
  [
    "a client of a pool",
    `import { Pool } from "pg";\nconst pool = new Pool();\nconst db = await pool.connect();\ndb.release();`,
  ],
  [
    "a client of a pool that is required",
    `const { Pool } = require("pg");\nconst pool = new Pool();\nlet db;\ndb = await pool.connect();\ndb.release();`,
  ],
  [
    "a client of a pool of another file",
    `import { pool } from "./db";\nconst db = await pool.connect();\ndb.release();`,
  ],
  [
    "a client of an untyped pool",
    "async function ask(pool) { const db = await pool.connect(); db.release(); }",
  ],
  ["a client in then()", `import { pool } from "./db";\npool.connect().then((db) => db.release());`],
  ["a client in a callback", `import { pool } from "./db";\npool.connect((error, db) => { db.release(); });`],
  [
    "a client that a function gives",
    `import { pool } from "./db";\nconst open = () => pool.connect();\nconst db = await open();\ndb.release();`,
  ],
  [
    "clients in a Map",
    `import { pool } from "./db";\nconst all = new Map();\nall.set(1, await pool.connect());\nfor (const [, db] of all) db.release();`,
  ],
  [
    "a client in an object",
    `import { pool } from "./db";\nconst state = { db: await pool.connect() };\nstate.db.release();`,
  ],
  [
    "clients in an object",
    `import { pool } from "./db";\nconst all = {};\nall[id] = await pool.connect();\nall[id].release();`,
  ],
  [
    "a typed client in an object",
    `import { PoolClient } from "pg";\nfunction end(state: { db: PoolClient }) { state.db.release(); }`,
  ],
  [
    "a client in the request",
    `import express from "express";\nexpress().use((request) => request.db.release());`,
  ],
  ["a lock of a package", `import { Mutex } from "async-mutex";\nconst lock = new Mutex();\nlock.release();`],
  [
    "what another file gives",
    `const { take } = require("./slots");\nconst slot = await take();\nslot.release();`,
  ],
  ["a typed client", `import type { PoolClient } from "pg";\nfunction end(db: PoolClient) { db.release(); }`],
  [
    "a client of a typed pool",
    `import type { Pool } from "pg";\nclass A {\n  constructor(private pool: Pool) {}\n  async go() { const db = await this.pool.connect(); db.release(); }\n}`,
  ],
  [
    "a client in a typed field",
    `import pg from "pg";\nclass A {\n  db: pg.PoolClient | null = null;\n  go() { this.db?.release(); }\n}`,
  ],
  [
    "a query runner",
    `import { DataSource } from "typeorm";\nclass A {\n  constructor(private source: DataSource) {}\n  async go() { const runner = this.source.createQueryRunner(); await runner.release(); }\n}`,
  ],
  ["a semaphore", `import { Sema } from "async-sema";\nconst slots = new Sema(4);\nslots.release();`],
  [
    "a class of one's own",
    "class Slot { release() {} }\nnew Slot().release();\nconst slot = new Slot();\nslot.release();",
  ],
  [
    "an interface of one's own",
    "interface Slot { release(): void }\nfunction end(slot: Slot) { slot.release(); }",
  ],
  ["an object with the method", "const slot = { release() {} };\nslot.release();"],
  ["unlock(), which is called the same", "function free(lock) { lock.unlock(); }"],
  ["another extend()", "app.extend(plugin);\nfunction add(schema) { return schema.extend({ a: 1 }); }"],
])("does not mark what comes from elsewhere: %s", (_, program) => {
  expect(rewritten(`${MADE}${program}\n`)).not.toContain("TODO");
});

it("marks nothing in a project without redlock", () => {
  const { changed } = rewriteProject(
    new Map([["a.ts", "// no redlock\nfunction free(held) { held.release(); }\n"]]),
  );
  expect([...changed]).toEqual([]);
});

it.each([
  ["imports one that does", "const Locks = require('./a');\nconst locks = new Locks();"],
  ["imports one that imports one that does", "const { locks } = require('./b');"],
])("marks what may be a lock in a file that does not name redlock, but %s", (_, head) => {
  const { changed } = rewriteProject(
    new Map([
      [
        "a.js",
        `const Redlock = require("redlock");\n${MADE}module.exports = class { take(n) { return find(n); } };\n`,
      ],
      ["b.js", "const A = require('./a');\nexports.locks = new A();\n"],
      ["c.js", `${head}\nconst held = await locks.take("a");\nawait held.release();\n`],
    ]),
  );
  expect(changed.get("c.js")).toContain("TODO(redsync): if this is a lock of redlock, call held.unlock()");
});

it("follows a lock through a file that only makes what has it", () => {
  const { changed } = rewriteProject(
    new Map([
      [
        "a.ts",
        `import Redlock from "redlock";\n${MADE}export class A { take(n: string) { return redlock.acquire([n], 1000); } }\n`,
      ],
      ["b.ts", `import { A } from "./a";\nexport const all = new A();\n`],
      ["c.ts", `import { all } from "./b";\nconst held = await all.take("a");\nawait held.release();\n`],
    ]),
  );
  expect(changed.get("c.ts")).toContain("await held.unlock();");
});

it("marks once, and the same in a second run", () => {
  const once = rewritten(`${MADE}class Own extends Redlock {}\nfunction free(held) { held.release(); }\n`);
  const text = `import Redlock from "redlock";\n${once}`;
  expect(rewriteProject(new Map([["a.ts", text]])).changed.size).toBe(0);
});

it("says it shortly of an expression that fills lines", () => {
  expect(
    rewritten(
      `${MADE}const free = (held) =>\n  held\n    .find((each) => each.name === name)\n    .release();\n`,
    ),
  ).toContain("if this is a lock of redlock, call its unlock()\n");
});

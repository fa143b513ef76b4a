import { expect, it } from "vitest";
import { rewritten } from "./rewritten.ts";

const ACQUIRED = `await redlock.acquire([name], 1000)`;
const LOCKED = `await redlock.mutex(name, { expiry: 1000 }).lock()`;

/** What becomes of lines that keep locks, in a language without types. */
const kept = (program: string) =>
  rewritten(`const redlock = new Redlock([client], { retryCount: 0, retryDelay: 1 });\n${program}\n`, "a.js")
    .split("\n")
    .slice(1, -1)
    .join("\n");

it.each([
  ["const held = {};", `held[name] = ${ACQUIRED};`, "held[name].release();"],
  ["const held = {};", `held[name] ??= ${ACQUIRED};`, "const l = held[name];\nl.release();"],
  ["const held = Object.create(null);", `held[name] = ${ACQUIRED};`, "held[name]?.release();"],
  ["const held = {};", `held.first = ${ACQUIRED};`, "held.first.release();"],
  ["const held = {};", `held[name] = ${ACQUIRED};`, "Object.values(held).map((l) => l.release());"],
  ["const held = {};", `held[name] = ${ACQUIRED};`, "for (const n in held) held[n].release();"],
  ["const held = {};", `held[name] = ${ACQUIRED};`, "for (const [, l] of Object.entries(held)) l.release();"],
  ["const held = [];", `held.push(${ACQUIRED});`, "held[0].release();"],
  ["const held = [];", `held.push(${ACQUIRED});`, "held.pop().release();"],
  ["const held = [];", `held.push(${ACQUIRED});`, "await Promise.all(held.map((l) => l.release()));"],
  ["const held = [];", `held.unshift(${ACQUIRED});`, "for (const l of held.splice(0)) l.release();"],
  ["const held = [];", `held[0] = ${ACQUIRED};`, "held.forEach((l) => l.release());"],
  ["let held = [];", `held = [...held, ${ACQUIRED}];`, "for (const l of held) l.release();"],
  ["const held = [];", `held.push({ l: ${ACQUIRED} });`, "for (const { l } of held) l.release();"],
  ["const held = new Set();", `held.add(${ACQUIRED});`, "for (const l of held) l.release();"],
  ["const held = new Map();", `held.set(name, ${ACQUIRED});`, "for (const [n, l] of held) l.release();"],
  ["const held = new Map();", `held.set(name, ${ACQUIRED});`, "held.forEach((l) => l.release());"],
  ["const held = new Map();", `held.set(name, ${ACQUIRED});`, "for (const l of held.values()) l.release();"],
  ["const held = new Map();", `held.set(name, ${ACQUIRED});`, "[...held.values()].map((l) => l.release());"],
  [
    "const held = new Map();",
    `held.set(name, ${ACQUIRED});`,
    "for (const [, l] of held.entries()) l.release();",
  ],
  [
    "const held = new Map();",
    `held.set(name, ${ACQUIRED});`,
    "Array.from(held.values(), (l) => l.release());",
  ],
  [
    "const held = new Map();",
    `held.get(user).push(${ACQUIRED});`,
    "for (const l of held.get(user)) l.release();",
  ],
  ["const held = { of: {} };", `held.of[name] = ${ACQUIRED};`, "held.of[name].release();"],
  ["const held = { first: null };", `held.first = ${ACQUIRED};`, "held.first.release();"],
])("follows a lock through %s %s %s", (made, put, used) => {
  expect(kept(`${made}\n${put}\n${used}`)).toBe(
    `${made}\n${put.replace(ACQUIRED, LOCKED)}\n${used.replace("release", "unlock")}`,
  );
});

it("follows locks that are put into the field of a class", () => {
  const program = `class Locks {
  #byName = new Map();
  constructor() { this.all = []; }
  async take(name) {
    this.#byName.set(name, ${ACQUIRED});
    this.all.push(${ACQUIRED});
  }
  async free(name) {
    await this.#byName.get(name)?.release();
    for (const l of this.all) await l.release();
  }
}
const locks = new Locks();
locks.all[0].release();`;
  expect(kept(program)).toBe(program.replaceAll(ACQUIRED, LOCKED).replaceAll("release", "unlock"));
});

it("follows locks that are put into what is imported, or into a parameter", () => {
  const program = `import { held } from "./held.js";
function take(all, name) {
  all[name] = ${ACQUIRED};
  all[name].release();
}
held.push(${ACQUIRED});
held[0].release();`;
  const after = kept(program);
  expect(after).toContain("all[name].unlock();");
  expect(after).toContain("held[0].unlock();");
});

it.each([
  ["const held: Lock[] = [];", "held[0].release();", "held[0].unlock();"],
  ["const held: Lock[] = [];", "log(held[0].expiration);", "log(held[0].until.getTime());"],
  ["let held: [number, Lock];", "held[1].release();", "held[1].unlock();"],
  ["const held: Record<string, Lock> = {};", "held[n].release();", "held[n].unlock();"],
  ["const held: Record<string, Lock> = {};", "held.a.release();", "held.a.unlock();"],
  ["const held: Partial<Record<string, Lock>> = {};", "held[n]?.release();", "held[n]?.unlock();"],
  ["const held: { [name: string]: Lock } = {};", "held[n].release();", "held[n].unlock();"],
  ["const held: { a: Lock } = {} as any;", `held["a"].release();`, `held["a"].unlock();`],
  [
    "const held: ReadonlyMap<string, Lock> = new Map();",
    "for (const [n, l] of held) l.release();",
    "for (const [n, l] of held) l.unlock();",
  ],
  ["const held: Lock[] = [];", "redlock.release(held[0]);", "held[0].unlock();"],
  ["const held: Lock[] = [];", "redlock.release(held[i + 1]);", "held[i + 1].unlock();"],
])("follows %s to %s", (declared, before, after) => {
  expect(rewritten(`declare const redlock: Redlock;\n${declared}\n${before}\n`)).toBe(
    `declare const redlock: Redsync;\n${declared}\n${after}\n`,
  );
});

it("follows a typed field with an index", () => {
  expect(
    rewritten(
      "class A {\n  byName: Record<string, Lock> = {};\n  free(n: string) { this.byName[n].release(); }\n}\n",
    ),
  ).toContain("this.byName[n].unlock();");
});

it.each([
  [
    "held.push(await redlock.acquire([a], 1000));",
    "held[0] = await held[0].extend(1000);",
    "await held[0].extend();",
  ],
  [
    "held.push(await redlock.acquire([a], 1000));",
    "for (const l of held) await l.extend(1000);",
    "for (const l of held) await l.extend();",
  ],
  [
    "held.push(await redlock.acquire([a], 1000));",
    "const next = await held[i].extend(1000);",
    "await held[i].extend();\nconst next = held[i];",
  ],
  [
    "held.push(await redlock.acquire([a], 1000));",
    "await redlock.extend(held[i], 1000);",
    "await held[i].extend();",
  ],
])("knows the duration of locks that are stored: %s %s", (put, before, after) => {
  const program = rewritten(`declare const redlock: Redlock;\nconst held: Lock[] = [];\n${put}\n${before}\n`);
  expect(program.endsWith(`\n${after}\n`)).toBe(true);
  expect(program).not.toContain("TODO");
});

it.each([
  ["another one", "await redlock.acquire([b], 5000)"],
  ["one that is not known", "await redlock.acquire([b], ms())"],
])("marks the extension of a stored lock that may have another duration: %s", (_, other) => {
  const put = `const held = [];\nheld.push(await redlock.acquire([a], 1000));\nheld.push(${other});\n`;
  const used = "for (const l of held) await l.extend(1000);\n";
  const after = rewritten(`declare const redlock: Redlock;\n${put}${used}`);
  expect(after).toMatch(/TODO\(redsync\): extend\(\) takes no duration/);
  expect(after.endsWith(used)).toBe(true);
});

it("follows a lock of a Redlock that is only called so", () => {
  expect(
    rewritten(
      "async function work(redlock) {\n  const held = await redlock.acquire([a], 1000);\n  await held.release();\n}\n",
    ),
  ).toContain("await held.unlock();");
});

it("follows a lock that a parameter is given later", () => {
  expect(kept(`async function work(held) {\n  held = ${ACQUIRED};\n  await held.release();\n}`)).toContain(
    "await held.unlock();",
  );
});

it("follows a Redlock that is stored", () => {
  const program =
    "const all = {};\nall.x = new Redlock([client]);\nall[y] = new Redlock([client]);\nall.z.lock(a, 1000);\n";
  const after = rewritten(program);
  expect(after).toContain("all.z.mutex(a, { expiry: 1000 }).lock();");
  expect(after).not.toContain("TODO");
});

it.each([
  ["const [first, ...rest] = held;", "rest[0].release();"],
  ["const [first, second = first] = [...held];", "second.release();"],
  [
    "const { a: { l } = {}, ...others } = { a: { l: held[0] }, b: held[0] };",
    "l.release();\nothers.b.release();",
  ],
  ["const l = held.at(-1) ?? held[0];", "l?.release();"],
  ["held[0] = held.pop();", "held.sort((a, b) => b.release());"],
])("follows what a pattern takes out of them: %s", (taken, used) => {
  expect(kept(`const held = [${ACQUIRED}];\n${taken}\n${used}`)).toBe(
    `const held = [${LOCKED}];\n${taken}\n${used.replaceAll("release", "unlock")}`,
  );
});

import { expect, it } from "vitest";
import { rewritten } from "./rewritten.ts";

const lines = (program: string) =>
  rewritten(`declare const redlock: Redlock;\n${program}`).replace(/^declare .*\n/, "");

it.each([
  [`if (e.constructor.name === "ExecutionError") go();`, "if (isRedsyncError(e)) go();"],
  [`if (e?.constructor?.name !== "LockError") go();`, "if (!isRedsyncError(e)) go();"],
  [`if ("ExecutionError" === err.name) go();`, "if (isRedsyncError(err)) go();"],
  [`if ('LockError' != err.name) go();`, "if (!isRedsyncError(err)) go();"],
  [`if (!("ExecutionError" === e.constructor.name)) go();`, "if (!isRedsyncError(e)) go();"],
  [
    `if (a && "ExecutionError" === (err as Error).name) go();`,
    "if (a && isRedsyncError((err as Error))) go();",
  ],
])("%s becomes %s", (before, after) => {
  expect(lines(`${before}\n`)).toBe(`${after}\n`);
});

it.each([
  [`if ("ResourceLockedError" === e.name) go();`, "if (e instanceof LockTakenError) go();"],
  [`if ("ResourceLockedError" !== e.name) go();`, "if (!(e instanceof LockTakenError)) go();"],
  [`if (e.constructor.name === "ResourceLockedError") go();`, "if (e instanceof LockTakenError) go();"],
])("%s becomes %s, and is marked", (before, after) => {
  const said = lines(`${before}\n`);
  expect(said).toMatch(/^\/\/ TODO\(redsync\): acquire\(\) of redlock rejected .*\n/);
  expect(said.endsWith(`\n${after}\n`)).toBe(true);
});

it("drops a filter of contention that is turned round", () => {
  const listener = `redlock.on("error", (error) => {\n  if ("ResourceLockedError" === error.name) return;\n  log(error);\n});\n`;
  const after = rewritten(`const redlock = new Redlock([client]);\n${listener}`);
  expect(after).not.toMatch(/TODO|LockTakenError|ResourceLockedError/);
});

it.each([
  `const { name } = e;\nif (name === "ExecutionError") go();`,
  `if (["ExecutionError", "Other"].includes(e.name)) go();`,
  `expect(e.name).toBe("LockError");`,
  `expect(e).toMatchObject({ name: "ExecutionError" });`,
])("marks %s", (program) => {
  expect(lines(`${program}\n`)).toMatch(/TODO\(redsync\): the names of errors are other ones/);
});

it.each([`class Mine extends Error { name = "LockError"; }`, `error.name = "LockError";`])(
  "leaves %s",
  (program) => {
    expect(lines(`${program}\n`)).toBe(`${program}\n`);
  },
);

it("drops a filter of contention that shares its line", () => {
  const listener = `redlock.on("error", (e) => { if (e instanceof ResourceLockedError) return; log(e); });\n`;
  const after = rewritten(`const redlock = new Redlock([client]);\n${listener}`);
  expect(after).toContain("    const e = event.error;\n    log(e);\n");
  expect(after).not.toMatch(/TODO|LockTakenError|ResourceLockedError/);
});

it("drops a filter of contention that has a comment in it", () => {
  const listener = `redlock.on("error", (e) => {\n  if (e instanceof ResourceLockedError) {\n    // Busy.\n    return;\n  }\n  log(e);\n});\n`;
  const after = rewritten(`const redlock = new Redlock([client]);\n${listener}`);
  expect(after).not.toMatch(/TODO|LockTakenError|ResourceLockedError/);
});

import { expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";

const changed = (text: string, path = "a.js") =>
  rewriteProject(new Map([[path, text]])).changed.get(path) ?? "";

const SETTINGS = "{ retryCount: 0, retryDelay: 1, retryJitter: 0 }";
const OPTIONS = "{ tries: 1, retryDelay: 1 }";
const MAKE = `new Redlock([client], ${SETTINGS})`;
const MADE = `new Redsync([ioredisNode(client)], ${OPTIONS})`;
const REQUIRED = `const { Redsync } = require("@redsync/core");\nconst { ioredisNode } = require("@redsync/ioredis");\n`;

it("leaves the code that shares its line with an import of the library", () => {
  const lazy = `exports.isBusy = (error) => { const { ExecutionError } = require("redlock"); return error instanceof ExecutionError; };\n`;
  expect(changed(`const Redlock = require("redlock");\nexports.redlock = ${MAKE};\n${lazy}`)).toBe(
    `${REQUIRED.replace("{ Redsync }", "{ isRedsyncError, Redsync }")}exports.redlock = ${MADE};\nexports.isBusy = (error) => { return isRedsyncError(error); };\n`,
  );
});

it("leaves an empty statement where an import is all that a condition has", () => {
  const lazy = `if (old) var LockError = require("redlock").LockError;\nwork().catch((e) => e instanceof LockError);\n`;
  expect(changed(`const Redlock = require("redlock");\nexports.redlock = ${MAKE};\n${lazy}`)).toContain(
    "\nif (old) ;\nwork().catch((e) => isRedsyncError(e));\n",
  );
});

it.each([
  [
    "several functions",
    `exports.one = () => { const Redlock = require("redlock"); return ${MAKE}; };\nexports.two = () => {\n  const Redlock = require("redlock");\n  return ${MAKE};\n};\n`,
    `exports.one = () => { return ${MADE}; };\nexports.two = () => {\n  return ${MADE};\n};\n`,
  ],
  [
    "one function",
    `exports.one = () => { const Redlock = require("redlock"); return ${MAKE}; };\n`,
    `exports.one = () => { return ${MADE}; };\n`,
  ],
  [
    "a block",
    `{\n  const Redlock = require("redlock");\n  exports.redlock = ${MAKE};\n}\n`,
    `{\n  exports.redlock = ${MADE};\n}\n`,
  ],
])("requires at the top what is required in %s", (_, before, after) => {
  expect(changed(`const fs = require("fs");\n${before}`)).toBe(
    `const fs = require("fs");\n${REQUIRED}${after}`,
  );
});

it("requires before what may run at once, though something is required below it", () => {
  const text = `"use strict";\nconst fs = require("fs");\nmain();\nconst path = require("path");\nfunction main() {\n  const Redlock = require("redlock");\n  return ${MAKE};\n}\n`;
  expect(changed(text)).toBe(
    `"use strict";\nconst fs = require("fs");\n${REQUIRED}main();\nconst path = require("path");\nfunction main() {\n  return ${MADE};\n}\n`,
  );
});

it("marks a library that may be missing", () => {
  const text = `start();\ntry {\n  const Redlock = require("redlock");\n  exports.redlock = ${MAKE};\n} catch {}\n`;
  expect(changed(text)).toMatch(
    /;\n\/\/ TODO\(redsync\): redlock was imported within this try.*\ntry \{\n {2}exports\.redlock/,
  );
});

const LAZY = `async function () {\n  const { default: Redlock } = await import("redlock");\n  return ${MAKE};\n}`;
const EAGER = `async function () {\n  return ${MADE};\n}`;

it.each([
  [
    "a.mjs",
    `export default ${LAZY}\n`,
    REQUIRED.replaceAll(/const (.*) = require\((.*)\)/g, "import $1 from $2"),
  ],
  ["a.js", `exports.make = ${LAZY};\n`, REQUIRED],
  ["a.cjs", `globalThis.make = ${LAZY};\n`, REQUIRED],
])("imports at the top of %s what a function imports, in its manner", (path, text, head) => {
  expect(changed(text, path)).toBe(`${head}${text.replace(LAZY, EAGER)}`);
});

it("puts the imports in the place of the one at the top, though another comes before it", () => {
  const text = `function isBusy(e) { const { LockError } = require("redlock"); return e instanceof LockError; }\nconst Redlock = require("redlock");\n${MAKE};\n`;
  expect(changed(text)).toBe(
    `function isBusy(e) { return isRedsyncError(e); }\n${REQUIRED.replace("{ Redsync }", "{ isRedsyncError, Redsync }")}${MADE};\n`,
  );
});

const ASK = "e instanceof LockError;\n";
const ASKED = "isRedsyncError(e);\n";

it.each([
  [
    `var x = 1, Redlock = require("redlock"), LockError = require("redlock").LockError;\n${ASK}${MAKE};\n`,
    `var x = 1, { isRedsyncError, Redsync } = require("@redsync/core"),\n  { ioredisNode } = require("@redsync/ioredis");\n${ASKED}${MADE};\n`,
  ],
  [
    `var Redlock = require("redlock"), LockError = require("redlock").LockError, x = 1;\n${ASK}`,
    `var { isRedsyncError } = require("@redsync/core"), x = 1;\n${ASKED}`,
  ],
  [
    `const fs = require("fs");\nfunction f() {\n  var Redlock = require("redlock"), LockError = require("redlock").LockError, x = 1;\n  ${ASK}}\n`,
    `const fs = require("fs");\nconst { isRedsyncError } = require("@redsync/core");\nfunction f() {\n  var x = 1;\n  ${ASKED}}\n`,
  ],
  [
    `const fs = require("fs");\nfunction f() {\n  var x = 1, Redlock = require("redlock"), LockError = require("redlock").LockError;\n  ${ASK}}\n`,
    `const fs = require("fs");\nconst { isRedsyncError } = require("@redsync/core");\nfunction f() {\n  var x = 1;\n  ${ASKED}}\n`,
  ],
  [
    `const fs = require("fs");\nfunction f() {\n  var Redlock = require("redlock"), LockError = require("redlock").LockError;\n  ${ASK}}\n`,
    `const fs = require("fs");\nconst { isRedsyncError } = require("@redsync/core");\nfunction f() {\n  ${ASKED}}\n`,
  ],
])("takes imports out of a list of declarators: %j", (before, after) => {
  expect(changed(before)).toBe(after);
});

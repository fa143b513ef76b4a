import { expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";

const changed = (text: string, path = "a.js") =>
  rewriteProject(new Map([[path, text]])).changed.get(path) ?? "";

const REST = `const redlock = new Redlock([client], { retryCount: 0, retryDelay: 1 });\n`;
const CALL = "using(redlock.disposer(a, 1000), work);\n";

it.each([
  ["const { using } = require('bluebird');\n", ""],
  ["// A comment.\nconst { using } = require('bluebird'); // of bluebird\n", "// A comment.\n"],
  [
    "const { using, delay } = require('bluebird');\ndelay(1);\n",
    "const { delay } = require('bluebird');\ndelay(1);\n",
  ],
  [
    "const { delay, using } = require('bluebird');\ndelay(1);\n",
    "const { delay } = require('bluebird');\ndelay(1);\n",
  ],
  ["const { using } = require('bluebird'), x = 1;\n", "const x = 1;\n"],
  ["const x = 1, using = require('bluebird').using;\n", "const x = 1;\n"],
  ["const { using } = require('bluebird');\nusing(open(), work);\n", undefined],
  ["const { using } = require('bluebird');\nmodule.exports = { using };\n", undefined],
])("%s: what only the rewritten call used goes away", (head, after) => {
  const text = changed(`${head}const Redlock = require('redlock');\n${REST}${CALL}`);
  const imports = `const { Redsync } = require('@redsync/core');\nconst { ioredisNode } = require('@redsync/ioredis');\n`;
  expect(text).toContain(`\nredlock.mutex(a, { expiry: 1000 }).using(work);\n`);
  expect(text.split(imports)[0]).toBe(after ?? head);
});

it.each([
  [`import { using } from "bluebird";\n`, ""],
  [`import { using, delay } from "bluebird";\ndelay(1);\n`, `import { delay } from "bluebird";\ndelay(1);\n`],
  [
    `import Bluebird, { using } from "bluebird";\nBluebird.delay(1);\n`,
    `import Bluebird from "bluebird";\nBluebird.delay(1);\n`,
  ],
])("%s: so it does of an import", (head, after) => {
  const text = changed(`${head}import Redlock from "redlock";\n${REST}${CALL}`, "a.ts");
  expect(text.split(`import { Redsync } from`)[0]).toBe(after);
});

it.each([
  ["const Promise = require('bluebird');\n", ""],
  ["const Promise = require('bluebird');\nPromise.delay(1);\n", undefined],
  ["import Promise from 'bluebird';\n", ""],
  ["import * as Promise from 'bluebird';\n", ""],
])("%s: so does the whole of bluebird", (head, after) => {
  const text = changed(`${head}const Redlock = require('redlock');\n${REST}Promise.${CALL}`);
  expect(text.split("const { Redsync }")[0]).toBe(after ?? head);
});

it("marks what is not required where it is named", () => {
  const text = changed(`const using = Bluebird.using;\nconst Redlock = require('redlock');\n${REST}${CALL}`);
  expect(text).toMatch(
    /^\/\/ TODO\(redsync\): nothing uses using any more.*\nconst using = Bluebird\.using;\n/,
  );
});

it("imports redsync beside an import that goes away", () => {
  const { changed } = rewriteProject(
    new Map([
      ["a.js", `const Redlock = require('redlock');\n${REST}exports.redlock = redlock;\n`],
      [
        "b.js",
        `const { using } = require('bluebird');\nconst { redlock } = require('./a');\nusing(redlock.disposer(a, 1000), work).catch((e) => e.name === 'LockError');\n`,
      ],
      [
        "c.js",
        `const { redlock } = require('./a');\nconst { using } = require('bluebird');\nusing(redlock.disposer(a, 1000), work).catch((e) => e.name === 'LockError');\n`,
      ],
    ]),
  );
  for (const path of ["b.js", "c.js"])
    expect(changed.get(path)).toBe(
      `const { redlock } = require('./a');\nconst { isRedsyncError } = require('@redsync/core');\nredlock.mutex(a, { expiry: 1000 }).using(work).catch((e) => isRedsyncError(e));\n`,
    );
});

it.each([
  ["const { LockError } = Redlock;\n", "LockError"],
  ["const LockError = Redlock.LockError;\n", "LockError"],
  ["const { LockError: Failed } = Redlock;\n", "Failed"],
  ["const { LockError, ExecutionError } = Redlock;\n", "LockError"],
])("%s goes away with the questions that used it", (declared, name) => {
  const text = changed(
    `const Redlock = require('redlock');\n${declared}${REST}work().catch((e) => e instanceof ${name});\n`,
  );
  expect(text).not.toMatch(/TODO|LockError|require\('redlock'\)/);
  expect(text).toContain("work().catch((e) => isRedsyncError(e));\n");
});

it.each([
  "const { LockError } = Redlock;\nthrow new LockError();\n",
  "const { LockError, Lock } = Redlock;\nnew Lock();\n",
  "const { LockError, ...rest } = Redlock;\nuse(rest);\n",
  "export const { LockError } = Redlock;\n",
])("%s stays, and is marked", (declared) => {
  const text = changed(`const Redlock = require('redlock');\n${declared}${REST}`);
  expect(text).toContain(`\n${declared}`);
  expect(text).toMatch(/TODO\(redsync\)[^\n]*\n(export )?const \{ LockError/);
});

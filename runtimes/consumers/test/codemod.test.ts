import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, it } from "vitest";

const program = join(inject("folder"), "node_modules/.bin/redsync-codemod");

it("the installed redsync-codemod rewrites a file", async () => {
  const file = join(inject("folder"), "uses-redlock.mjs");
  writeFileSync(file, `import Redlock from "redlock";\nexport const redlock = new Redlock([client]);\n`);
  const { stdout, stderr } = await promisify(execFile)(program, ["redlock", file]);
  expect(stderr).toBe("");
  expect(stdout).toContain("1 of 1 files changed");
  expect(readFileSync(file, "utf8")).toContain("new Redsync([ioredisNode(client)]");
});

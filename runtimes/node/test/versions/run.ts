// Plays every client, or the files that are named, on the Node that runs this, with the test runner that is built into it.
import { createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { run } from "node:test";
import { junit, spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "reporter-outfile": { type: "string" }, "test-name-pattern": { type: "string", short: "t" } },
});

async function clients(): Promise<string[]> {
  const folder = new URL("../clients/", import.meta.url);
  return (await readdir(folder)).sort().map((name) => fileURLToPath(new URL(name, folder)));
}

// Each file runs in a process of its own, which inherits this flag. Without it a native client that is left open, such as
// GLIDE's after a case has hit its limit, keeps that process alive when its tests are done. Not `forceExit` of run(): on Node 20
// this process would end before it has written the report. Held by left-open.test.ts.
process.execArgv.push("--test-force-exit");

const pattern = values["test-name-pattern"];
const tests = run({
  files: positionals.length > 0 ? positionals : await clients(),
  // Deadlines and expiries are real here: files side by side would take each other's time.
  concurrency: false,
  ...(pattern === undefined ? {} : { testNamePatterns: new RegExp(pattern) }),
});
tests.on("test:fail", () => {
  process.exitCode = 1;
});
tests.compose(new spec()).pipe(process.stdout);
const report = values["reporter-outfile"];
if (report !== undefined) tests.compose(junit).pipe(createWriteStream(report));

// Plays every client on the Node that runs this, with the test runner that is built into it.
import { createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { run } from "node:test";
import { junit, spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { "reporter-outfile": { type: "string" } } });
const folder = new URL("../clients/", import.meta.url);
const files = (await readdir(folder)).sort().map((name) => fileURLToPath(new URL(name, folder)));

// Deadlines and expiries are real here: files side by side would take each other's time.
const tests = run({ files, concurrency: false });
tests.on("test:fail", () => {
  process.exitCode = 1;
});
tests.compose(new spec()).pipe(process.stdout);
const report = values["reporter-outfile"];
if (report !== undefined) tests.compose(junit).pipe(createWriteStream(report));

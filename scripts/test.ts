// `npm test`: everything. `node scripts/test.ts node`: the suites of that group alone, after a build.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "@redsync/conformance/matrix";
import { ensureChromium } from "./chromium.ts";
import { testsOf } from "./junit.ts";
import { updateMatrix } from "./matrix.ts";
import { ensureRedisServer } from "./redis-server.ts";
import { reporting, type Suite, suites } from "./suites.ts";

const reports = mkdtempSync(join(tmpdir(), "redsync-test-"));

const shell = process.platform === "win32";

// Suites mostly wait, for expiries and deadlines, and each has servers of its own: as many at once as there are cores.
const lanes = Math.min(availableParallelism(), 4);

function pnpm(...args: string[]): boolean {
  return spawnSync("pnpm", args, { stdio: "inherit", shell }).status === 0;
}

/** The same beside others: what it prints comes in one piece, once it is done. */
async function pnpmInLane(...args: string[]): Promise<boolean> {
  const child = spawn("pnpm", args, { stdio: ["ignore", "pipe", "pipe"], shell });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
  const [status] = await once(child, "close");
  process.stdout.write(Buffer.concat(output));
  return status === 0;
}

async function timed<T>(run: () => T | Promise<T>): Promise<[result: T, seconds: string]> {
  const started = performance.now();
  const result = await run();
  return [result, `${((performance.now() - started) / 1_000).toFixed(1)} s`];
}

const failure = (name: string): Test => ({ path: [name], result: "failed" });
const countOf = (tests: readonly Test[], wanted: Test["result"]): number =>
  tests.filter(({ result }) => result === wanted).length;
const counts = (tests: readonly Test[]): string =>
  (["passed", "failed", "skipped"] as const).map((each) => `${countOf(tests, each)} ${each}`).join(", ");

async function runSuite(suite: Suite): Promise<Test[]> {
  const file = join(reports, `${suite.package.replace("/", "-")}.xml`);
  console.log(`${suite.package} begins`);
  const isGreen = await pnpmInLane(
    "--filter",
    suite.package,
    "run",
    "test",
    ...reporting[suite.runner ?? "vitest"](file),
  );
  let tests: Test[] = [];
  try {
    tests = testsOf(readFileSync(file, "utf8"));
  } catch {
    console.error(`${suite.package} left no report`);
  }
  const { passed, failed } = { passed: countOf(tests, "passed"), failed: countOf(tests, "failed") };
  // An unhandled rejection, or a suite without tests, fails the runner but no test of its report.
  if (failed === 0 && (!isGreen || passed === 0)) tests.push(failure(suite.package));
  return tests;
}

/** In their order, whichever was done first. */
async function runSuites(chosen: readonly Suite[]) {
  const queue = chosen.map((suite) => ({ suite, tests: [] as Test[], seconds: "" }));
  const left = queue.values();
  const lane = async () => {
    for (const run of left) [run.tests, run.seconds] = await timed(() => runSuite(run.suite));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return queue;
}

async function matrixOf(tests: readonly Test[]): Promise<Test[]> {
  if (countOf(tests, "failed") > 0) {
    console.log("\nThe matrix in docs/runtimes.md was left alone, because something failed.");
    return [];
  }
  try {
    if (!(await updateMatrix(tests))) return [];
  } catch (error) {
    console.error(`\nThere is no matrix: ${error instanceof Error ? error.message : error}`);
    return [failure("matrix")];
  }
  console.log("\nThe matrix in docs/runtimes.md was another one. It has been rewritten: commit it.");
  return process.env.CI ? [failure("matrix")] : [];
}

async function main(groups: readonly string[]): Promise<number> {
  const unknown = groups.find((group) => !suites.some((suite) => suite.group === group));
  if (unknown !== undefined) throw new Error(`no suite belongs to the group "${unknown}"`);
  const chosen = groups.length === 0 ? suites : suites.filter((suite) => groups.includes(suite.group));
  console.log(`Redis: ${ensureRedisServer()}`);
  if (chosen.some((suite) => suite.usesBrowser)) console.log(`Chromium: ${ensureChromium()}`);
  console.log();

  const lines: string[] = [];
  const tests: Test[] = [];
  const [isChecked, checking] = await timed(() => pnpm("run", groups.length === 0 ? "check" : "build"));
  lines.push(`${isChecked ? "ok    " : "FAILED"}  check  ${checking}`);
  if (!isChecked) tests.push(failure("check"));

  for (const { suite, tests: ofSuite, seconds } of await runSuites(chosen)) {
    tests.push(...ofSuite);
    const verdict = countOf(ofSuite, "failed") === 0 ? "ok    " : "FAILED";
    lines.push(`${verdict}  ${suite.package}  ${counts(ofSuite)}, ${seconds}`);
  }

  console.log(`\n${lines.join("\n")}`);
  const skipped = tests.filter(({ result }) => result === "skipped").map(({ path }) => path.join(" > "));
  if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map((name) => `  ${name}`).join("\n")}`);
  if (groups.length === 0) tests.push(...(await matrixOf(tests)));
  console.log(`\n${counts(tests)}`);
  return countOf(tests, "failed") === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log("\n0 passed, 1 failed, 0 skipped");
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}

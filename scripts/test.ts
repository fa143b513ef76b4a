// `npm test`: everything. `node scripts/test.ts node`: the suites of that group alone, after a build.
import { spawnSync } from "node:child_process";
import type { Test } from "@redsync/conformance/matrix";
import { ensureChromium } from "./chromium.ts";
import { updateMatrix } from "./matrix.ts";
import { countOf, counts, failure, skipsOf } from "./outcome.ts";
import { ensureRedisServer } from "./redis-server.ts";
import { runSuites } from "./run-suites.ts";
import { ensureSpin } from "./spin.ts";
import { suites } from "./suites.ts";
import { timed } from "./timed.ts";

function check(task: "check" | "build"): boolean {
  const { status } = spawnSync("pnpm", ["run", task], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  return status === 0;
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
  if (chosen.some((suite) => suite.usesSpin)) console.log(`Spin: ${ensureSpin()}`);
  console.log();

  const lines: string[] = [];
  const tests: Test[] = [];
  const [isChecked, checking] = await timed(() => check(groups.length === 0 ? "check" : "build"));
  lines.push(`${isChecked ? "ok    " : "FAILED"}  check  ${checking}`);
  if (!isChecked) tests.push(failure("check"));

  for (const { suite, tests: ofSuite, seconds } of await runSuites(chosen)) {
    tests.push(...ofSuite);
    const verdict = countOf(ofSuite, "failed") === 0 ? "ok    " : "FAILED";
    lines.push(`${verdict}  ${suite.package}  ${counts(ofSuite)}, ${seconds}`);
  }

  console.log(`\n${lines.join("\n")}`);
  const skips = skipsOf(tests);
  if (skips.length > 0) console.log(`\nSkipped:\n${skips.map((line) => `  ${line}`).join("\n")}`);
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
}

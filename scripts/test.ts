// `npm test`: everything. `node scripts/test.ts node`: the suites of that group, or of the package of that name, alone.
import type { Test } from "@redsync/conformance/matrix";
import { ensureNeeds } from "./machine.ts";
import { compareMatrix } from "./matrix.ts";
import { countOf, counts, explainedOf, failure, skipsOf } from "./outcome.ts";
import { runProgram } from "./program.ts";
import { root } from "./root.ts";
import { choose, findSuites } from "./suites.ts";
import { type Run, runSuites } from "./turbo.ts";

const verdict = (isGreen: boolean): string => (isGreen ? "ok    " : "FAILED");

async function check(): Promise<Test[]> {
  const started = performance.now();
  const isGreen = await runProgram("pnpm", ["run", "check"], { cwd: root });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`\n${verdict(isGreen)}  check  ${seconds} s\n`);
  return isGreen ? [] : [failure("check")];
}

function lineOf({ suite, tests, seconds }: Run): string {
  const isGreen = countOf(tests, "failed") === 0;
  const time = seconds === undefined ? "did not end" : `${seconds.toFixed(1)} s`;
  return `${verdict(isGreen)}  ${suite.package}  ${counts(tests)}, ${time}`;
}

async function matrix(tests: readonly Test[]): Promise<Test[]> {
  if (countOf(tests, "failed") > 0) {
    console.log("\nThe matrix in docs/runtimes.md was not compared, because something failed.");
    return [];
  }
  try {
    await compareMatrix(tests);
    return [];
  } catch (error) {
    return [failure(error instanceof Error ? error.message : String(error))];
  }
}

function list(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

async function main(words: readonly string[]): Promise<number> {
  const isAll = words.length === 0;
  const all = findSuites(root);
  const suites = isAll ? all : choose(all, words);
  ensureNeeds(suites);
  const checks: Test[] = isAll ? await check() : [];
  const runs = await runSuites(root, suites);
  const ofSuites = runs.flatMap((run) => run.tests);
  if (isAll) checks.push(...(await matrix([...checks, ...ofSuites])));
  const tests = [...checks, ...ofSuites];

  console.log(`\n${runs.map(lineOf).join("\n")}`);
  list("Skipped", skipsOf(tests));
  const ofRuns = runs.flatMap(({ suite, tests }) => explainedOf(tests, `${suite.package} > `));
  list("Failed", [...explainedOf(checks), ...ofRuns]);
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

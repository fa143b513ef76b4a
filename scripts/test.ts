// `npm test`: everything. `node scripts/test.ts node`: the suites of that group alone, after a build.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "./chromium.ts";
import { count, type Tally } from "./junit.ts";
import { ensureRedisServer } from "./redis-server.ts";
import { reporting, type Suite, suites } from "./suites.ts";

const reports = mkdtempSync(join(tmpdir(), "redsync-test-"));

function pnpm(...args: string[]): boolean {
  return spawnSync("pnpm", args, { stdio: "inherit", shell: process.platform === "win32" }).status === 0;
}

function timed<T>(run: () => T): [result: T, seconds: string] {
  const started = performance.now();
  const result = run();
  return [result, `${((performance.now() - started) / 1_000).toFixed(1)} s`];
}

function runSuite(suite: Suite): Tally {
  const file = join(reports, `${suite.package.replace("/", "-")}.xml`);
  const isGreen = pnpm(
    "--filter",
    suite.package,
    "run",
    "test",
    ...reporting[suite.runner ?? "vitest"](file),
  );
  let tally: Tally = { passed: 0, failed: 0, skipped: [] };
  try {
    tally = count(readFileSync(file, "utf8"));
  } catch {
    console.error(`${suite.package} left no report`);
  }
  // An unhandled rejection, or a suite without tests, fails the runner but no test of its report.
  if (!isGreen && tally.failed === 0) tally.failed = 1;
  if (tally.passed === 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

function main(groups: readonly string[]): number {
  const unknown = groups.find((group) => !suites.some((suite) => suite.group === group));
  if (unknown !== undefined) throw new Error(`no suite belongs to the group "${unknown}"`);
  const chosen = groups.length === 0 ? suites : suites.filter((suite) => groups.includes(suite.group));
  console.log(`Redis: ${ensureRedisServer()}`);
  if (chosen.some((suite) => suite.usesBrowser)) console.log(`Chromium: ${ensureChromium()}`);
  console.log();

  const lines: string[] = [];
  const total: Tally = { passed: 0, failed: 0, skipped: [] };
  const [isChecked, checking] = timed(() => pnpm("run", groups.length === 0 ? "check" : "build"));
  lines.push(`${isChecked ? "ok    " : "FAILED"}  check  ${checking}`);
  if (!isChecked) total.failed++;

  for (const suite of chosen) {
    const [tally, seconds] = timed(() => runSuite(suite));
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped.push(...tally.skipped);
    const verdict = tally.failed === 0 ? "ok    " : "FAILED";
    lines.push(
      `${verdict}  ${suite.package}  ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped.length} skipped, ${seconds}`,
    );
  }

  console.log(`\n${lines.join("\n")}`);
  if (total.skipped.length > 0)
    console.log(`\nSkipped:\n${total.skipped.map((name) => `  ${name}`).join("\n")}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
  return total.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log("\n0 passed, 1 failed, 0 skipped");
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}

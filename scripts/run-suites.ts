import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "@redsync/conformance/matrix";
import { testsOf } from "./junit.ts";
import { countOf, failure } from "./outcome.ts";
import { reporting, type Suite } from "./suites.ts";
import { timed } from "./timed.ts";

// Suites mostly wait, for expiries and deadlines, and each has servers of its own: as many at once as there are cores.
const lanes = Math.min(availableParallelism(), 4);

/** No suite takes a third of it: one that does not end must not keep the others' results from being told. */
const LIMIT_MS = 15 * 60_000;

/** Ends a suite with all that it has started, which is a process group of its own. */
function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // There is nobody left.
  }
}

const running = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    for (const child of running) kill(child, signal);
    process.exit(128 + constants.signals[signal]);
  });
}

/** Beside others: what it prints comes in one piece, once it is done. */
async function pnpmInLane(...args: string[]): Promise<boolean> {
  const child = spawn("pnpm", args, {
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
    detached: process.platform !== "win32",
  });
  running.add(child);
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
  const limit = setTimeout(() => {
    output.push(Buffer.from(`\nkilled: it had not ended after ${LIMIT_MS / 60_000} minutes\n`));
    kill(child, "SIGKILL");
  }, LIMIT_MS);
  // Who is left behind would keep the pipes open, and us waiting.
  child.on("exit", () => kill(child, "SIGKILL"));
  const [status] = await once(child, "close").finally(() => {
    clearTimeout(limit);
    running.delete(child);
  });
  process.stdout.write(Buffer.concat(output));
  return status === 0;
}

async function runSuite(suite: Suite, reports: string): Promise<Test[]> {
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
  const isPoor = !isGreen || countOf(tests, "passed") === 0;
  // An unhandled rejection, or a suite without tests, fails the runner but no test of its report.
  if (isPoor && countOf(tests, "failed") === 0) tests.push(failure(suite.package));
  return tests;
}

/** A suite that has run. */
interface Run {
  readonly suite: Suite;
  tests: readonly Test[];
  seconds: string;
}

/** Runs suites beside each other; their results come in the order in which they were given. */
export async function runSuites(suites: readonly Suite[]): Promise<readonly Run[]> {
  const reports = mkdtempSync(join(tmpdir(), "redsync-test-"));
  const runs = suites.map((suite): Run => ({ suite, tests: [], seconds: "" }));
  const left = runs.values();
  const lane = async () => {
    for (const run of left) [run.tests, run.seconds] = await timed(() => runSuite(run.suite, reports));
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  return runs;
}

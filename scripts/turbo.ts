import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Test } from "@redsync/conformance/matrix";
import { countOf, failure, failuresOf } from "./outcome.ts";
import { runProgram } from "./program.ts";
import { reportOf } from "./reports.ts";
import type { Suite } from "./suites.ts";

// Suites mostly wait, for expiries and deadlines, and each has servers of its own: two more at once than there are cores, six at most.
const lanes = Math.min(availableParallelism() + 2, 6);

/**
 * turbo prints what a suite has printed when it has ended. If none has ended for so long, one hangs: it must not keep the others'
 * results from being told. The longest takes up to seven minutes on a quiet machine, beside others.
 */
const SILENCE_MS = 20 * 60_000;

/** A suite that has run. */
export interface Run {
  readonly suite: Suite;
  readonly tests: readonly Test[];
  /** How long it took; undefined if it did not end by itself. */
  readonly seconds: number | undefined;
}

export interface RunOptions {
  /** What is printed: what every suite prints (the default), or those alone that fail. */
  readonly output?: "full" | "errors-only";
  /** Default: 20 minutes, in ms. */
  readonly silence?: number;
}

/** What failed in a suite, by its package and path. */
export const failuresIn = ({ suite, tests }: Run): string[] =>
  failuresOf(tests).map((name) => `${suite.package} > ${name}`);

interface Execution {
  readonly startTime: number;
  readonly endTime: number;
  readonly exitCode?: number;
}

/** Builds what suites need, and runs them by turbo, beside each other. */
export async function runSuites(
  root: string,
  suites: readonly Suite[],
  { output = "full", silence = SILENCE_MS }: RunOptions = {},
): Promise<readonly Run[]> {
  for (const { folder } of suites) rmSync(join(folder, "junit.xml"), { force: true });
  const summaries = join(root, ".turbo/runs");
  rmSync(summaries, { recursive: true, force: true });
  const args = [
    "run",
    "test",
    ...suites.map((suite) => `--filter=${suite.package}`),
    "--continue=always",
    `--concurrency=${lanes}`,
    "--ui=stream",
    "--log-order=grouped",
    // Of every suite: what is printed tells that one has ended.
    "--output-logs=full",
    "--summarize",
  ];
  const printed: Buffer[] = [];
  const kept = output === "full" ? {} : { onOutput: (chunk: Buffer) => void printed.push(chunk) };
  await runProgram("turbo", args, { cwd: root, silence, ...kept });
  const text = Buffer.concat(printed).toString();
  if (!existsSync(summaries)) throw new Error(`turbo runs nothing\n${text}`);
  const executions = executionsIn(summaries);
  const broken = [...executions].filter(([task, { exitCode }]) => !task.endsWith("#test") && exitCode !== 0);
  if (broken.length > 0) throw new Error(`${broken.map(([task]) => task).join(", ")} failed\n${text}`);
  const runs = suites.map((suite) => outcomeOf(suite, executions.get(`${suite.package}#test`)));
  const lines = text.split("\n");
  for (const { suite, tests } of runs)
    if (countOf(tests, "failed") > 0) print(lines.filter((line) => line.includes(`${suite.package}:test: `)));
  return runs;
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) console.log(lines.join("\n"));
}

/** What has ended, by its task's name. */
function executionsIn(summaries: string): ReadonlyMap<string, Execution> {
  const executions = new Map<string, Execution>();
  for (const file of readdirSync(summaries)) {
    const { tasks } = JSON.parse(readFileSync(join(summaries, file), "utf8")) as {
      tasks: readonly { taskId: string; execution?: Execution }[];
    };
    for (const { taskId, execution } of tasks) if (execution) executions.set(taskId, execution);
  }
  return executions;
}

function outcomeOf(suite: Suite, execution: Execution | undefined): Run {
  const report = reportOf(suite);
  const tests = [...(report ?? [])];
  const isPoor = execution?.exitCode !== 0 || countOf(tests, "passed") === 0;
  // An unhandled rejection, or a suite without tests, fails the runner but no test of its report.
  const fail = (what: string) => tests.push(failure(what));
  if (execution === undefined) fail("did not end by itself");
  else if (report === undefined) fail("left no report");
  else if (isPoor && countOf(tests, "failed") === 0) fail("failed, and none of its tests");
  return {
    suite,
    tests,
    seconds: execution && (execution.endTime - execution.startTime) / 1_000,
  };
}

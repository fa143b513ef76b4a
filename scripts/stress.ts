// `pnpm test:stress`: suites over and over beside busy loops, and what failed how often.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { startBusyLoops } from "./busy.ts";
import { ensureNeeds } from "./machine.ts";
import { counts } from "./outcome.ts";
import { runProgram } from "./program.ts";
import { root } from "./root.ts";
import { linesOf, Score } from "./score.ts";
import { choose, findSuites } from "./suites.ts";
import { runSuites } from "./turbo.ts";

const usage = `usage: pnpm test:stress [--rounds N] [--busy N] [GROUP | PACKAGE]...

Runs suites over and over while other processes keep the machine busy, and says what failed how often.

  --rounds N  how many times (default: 10)
  --busy N    how many busy loops run beside (default: twice the number of cores, here ${2 * availableParallelism()})

Groups: as in pnpm test:<group>; default: node bun deno workerd.`;

/** With every core shared, the longest suite takes as long as a whole test run on a quiet machine. */
const SILENCE_MS = 40 * 60_000;

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${option} must be a whole number of at least ${least}, not "${text}"\n\n${usage}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "10" },
      busy: { type: "string", default: String(2 * availableParallelism()) },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const rounds = whole("rounds", values.rounds, 1);
  const busy = whole("busy", values.busy, 0);
  const words = positionals.length > 0 ? positionals : ["node", "bun", "deno", "workerd"];
  const suites = choose(findSuites(root), words);
  ensureNeeds(suites);
  if (!(await runProgram("turbo", ["run", "build", "--output-logs=errors-only"], { cwd: root }))) return 1;

  const score = new Score();
  const loops = startBusyLoops(busy);
  console.log(`${suites.length} suites, ${rounds} rounds, ${busy} busy loops`);
  try {
    for (let round = 1; round <= rounds; round++) {
      const started = performance.now();
      const runs = await runSuites(root, suites, { output: "errors-only", silence: SILENCE_MS });
      const seconds = Math.round((performance.now() - started) / 1_000);
      const failed = score.add(runs);
      console.log(
        `\nround ${round} of ${rounds}: ${counts(runs.flatMap(({ tests }) => tests))}, ${seconds} s`,
      );
      for (const line of failed) console.log(`  FAILED  ${line}`);
    }
  } finally {
    loops.stop();
  }
  console.log(`\n${linesOf(score, rounds).join("\n")}\n\n${counts(score.tests)}`);
  return score.failures.size === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

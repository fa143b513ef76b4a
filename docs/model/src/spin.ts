import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
/** What is checked: a file beside this folder, and whether it is an error that nothing is left to be done. */
export interface Model {
  readonly file: string;
  readonly mayStop: boolean;
}

/** Why nothing can be checked here; empty where it can. */
export const lacksSpin =
  spawnSync("spin", ["-V"]).status === 0 && spawnSync("gcc", ["--version"]).status === 0
    ? ""
    : "there is no spin, or no gcc: on Debian, apt-get install spin gcc libc6-dev";

/** What Spin found. */
export interface Finding {
  /** How many states it has seen. */
  readonly states: number;
  /** The assertion that does not hold, or "stuck" if somebody is left waiting for ever; undefined if nothing is, in every state that there is. */
  readonly violated: string | undefined;
}

/** Checks the model with these macros: all states, or up to the first in which an assertion does not hold. */
export async function check(
  { file, mayStop }: Model,
  macros: Readonly<Record<string, number | true>>,
): Promise<Finding> {
  const model = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const defines = Object.entries(macros).map(
    ([name, value]) => `-D${name}${value === true ? "" : `=${value}`}`,
  );
  const cwd = await mkdtemp(join(tmpdir(), "redsync-model-"));
  try {
    await run("spin", [...defines, "-a", model], { cwd });
    // Spin's own C is full of what gcc warns of.
    await run("gcc", ["-O1", "-w", "-DSAFETY", "-o", "pan", "pan.c"], { cwd });
    // -E: that nothing is left to be done is no error. A path of more than a million steps would be cut short, and says so.
    const options = [...(mayStop ? ["-E"] : []), "-m1000000", "-w21"];
    const { stdout } = await run("./pan", options, { cwd, maxBuffer: 1e8 });
    return findingOf(stdout);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

function findingOf(report: string): Finding {
  const [, states] = /(\d+(?:\.\d+e\+\d+)?) states, stored/.exec(report) ?? [];
  const [, errors] = /errors: (\d+)/.exec(report) ?? [];
  const isStuck = report.includes("invalid end state (at depth");
  const [, violated = isStuck ? "stuck" : undefined] =
    /assertion violated +(.+) \(at depth/.exec(report) ?? [];
  const isWhole =
    violated !== undefined || !/max search depth too small|not completed|out of memory/i.test(report);
  if (states === undefined || !isWhole || (errors === "0") !== (violated === undefined))
    throw new Error(`Spin has not finished:\n${report}`);
  return { states: Number(states), violated };
}

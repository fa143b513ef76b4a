import { type Order, orderOf, usage } from "./command-line.ts";
import { seeds } from "./kinds.ts";
import { ruleTable } from "./rule-table.ts";
import { makeRules, type RuleName } from "./rules.ts";
import { type Findings, search } from "./search.ts";
import type { Setting, Subject } from "./simulation.ts";

/** So much of a trace shows what led to a violation. */
const TRACE_END = 40;

/** Where lines are written to. */
export interface Output {
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Does what the options say. Resolves to the exit code: 1 if a rule is broken, 2 if an option is wrong. */
export async function simulate(args: readonly string[], { write, complain }: Output): Promise<number> {
  let order: Order;
  try {
    order = orderOf(args);
  } catch (error) {
    complain(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  const { run } = order;
  if (run === "help" || run === "rules") {
    write(run === "help" ? usage : ruleTable());
    return 0;
  }
  if (run === "mutations") {
    const { lookForAll } = await import("./shown-by.ts");
    return (await lookForAll(write)).length === 0 ? 0 : 1;
  }
  if ("scale" in run) {
    const { scale } = await import("./scale.ts");
    await scale(await import("./subject.ts"), write, run.scale === "large");
    return 0;
  }
  const setting = await settingOf(order);
  return "seed" in run ? replay(run, setting, write) : explore(run, order, setting, write);
}

async function settingOf({ mutation }: Order): Promise<Setting> {
  if (mutation === undefined) return { subject: await import("./subject.ts") };
  // Its tools are loaded only if they are needed.
  const { mutant } = await import("./mutant.ts");
  const subject: Subject = await mutant(mutation);
  return { subject, checksStorage: mutation.checksStorage ?? true };
}

async function replay(
  { seed, isTraced }: { readonly seed: number; readonly isTraced: boolean },
  setting: Setting,
  write: Output["write"],
): Promise<number> {
  const lines: string[] = [];
  const trace = isTraced ? write : (line: string) => void lines.push(line);
  const showEnd = () => {
    for (const line of lines.slice(-TRACE_END)) write(line);
  };
  const { found, steps } = await search({ ...setting, trace }, [seed]).catch((error) => {
    showEnd();
    throw error;
  });
  if (found === undefined) {
    write(`seed ${seed} keeps every rule, in ${steps} steps`);
    return 0;
  }
  showEnd();
  describe(found, write);
  return 1;
}

async function explore(
  { seeds: count, from }: { readonly seeds: number; readonly from?: number },
  { mutation }: Order,
  setting: Setting,
  write: Output["write"],
): Promise<number> {
  const watched = withProgress(seeds(count, mutation?.kind, from), count, write);
  const { found, steps, others } = await search(setting, watched, mutation?.rules);
  for (const [rule, times] of others) write(`not looked for: "${rule}", broken in ${times} schedules`);
  if (found !== undefined) {
    // Once more, for its trace.
    await replay({ seed: found.seed, isTraced: false }, setting, write);
    const broken = mutation === undefined ? "" : ` --mutation ${JSON.stringify(mutation.title)}`;
    write(`all of it: pnpm simulate --seed ${found.seed} --trace${broken}`);
    return 1;
  }
  write(`${count} schedules keep every rule, in ${steps} steps`);
  return 0;
}

function describe({ seed, violation }: NonNullable<Findings["found"]>, write: Output["write"]): void {
  write(`\nseed ${seed} breaks the rule "${violation.rule}": ${violation.message}`);
  write(`the promise: ${promiseOf(violation.rule)}`);
}

function promiseOf(name: RuleName): string {
  return makeRules().find((rule) => rule.name === name)?.promise ?? "";
}

/** The seeds, with a line for each tenth of them. */
function* withProgress(all: Iterable<number>, count: number, write: Output["write"]): Generator<number> {
  const tenth = Math.ceil(count / 10);
  let begun = 0;
  for (const seed of all) {
    if (begun > 0 && begun % tenth === 0) write(`${begun} of ${count} schedules`);
    begun++;
    yield seed;
  }
}

import type { RuleName } from "./rules.ts";
import { type Setting, Simulation } from "./simulation.ts";
import { Violation } from "./violation.ts";

/** What a search over seeds came to. */
export interface Findings {
  readonly steps: number;
  readonly coverage: ReadonlyMap<string, number>;
  /** Rules that were broken, but not looked for, and how often: if it is "known errors", the mutant itself may not work. */
  readonly others: ReadonlyMap<RuleName, number>;
  readonly found?: { readonly seed: number; readonly violation: Violation };
}

/** Runs the schedules of the seeds, one after the other, until one breaks a rule, or one of those that are looked for. */
export async function search(
  setting: Setting,
  seeds: Iterable<number>,
  rules?: readonly RuleName[],
): Promise<Findings> {
  const coverage = new Map<string, number>();
  const others = new Map<RuleName, number>();
  let steps = 0;
  for (const seed of seeds) {
    const simulation = new Simulation(seed, setting);
    const violation = await violationOf(simulation, seed);
    steps += simulation.steps;
    for (const [what, times] of simulation.coverage.counts)
      coverage.set(what, (coverage.get(what) ?? 0) + times);
    if (violation === undefined) continue;
    const { rule } = violation;
    if (rules?.includes(rule) !== false) return { steps, coverage, others, found: { seed, violation } };
    others.set(rule, (others.get(rule) ?? 0) + 1);
  }
  return { steps, coverage, others };
}

async function violationOf(simulation: Simulation, seed: number): Promise<Violation | undefined> {
  try {
    await simulation.run();
    return undefined;
  } catch (error) {
    if (error instanceof Violation) return error;
    throw new Error(`seed ${seed} fails, and breaks no rule: ${error}`, { cause: error });
  }
}

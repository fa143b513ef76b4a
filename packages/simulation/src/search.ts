import type { Plan } from "./plan.ts";
import { type Rule, Violation } from "./violation.ts";
import { type Setting, World } from "./world.ts";

/** What a search over seeds came to. */
interface Findings {
  readonly steps: number;
  readonly sights: ReadonlyMap<string, number>;
  /** Rules that were broken, but not looked for, and how often: where it is "known errors", the mutant itself may not work. */
  readonly others: ReadonlyMap<Rule, number>;
  readonly found?: { readonly seed: number; readonly violation: Violation };
}

/** Runs the schedules of the seeds, one after the other, until one breaks a rule, or one of those that are looked for. */
export async function search(
  setting: Setting,
  seeds: Iterable<number>,
  rules?: readonly Rule[],
): Promise<Findings> {
  const sights = new Map<string, number>();
  const others = new Map<Rule, number>();
  let steps = 0;
  for (const seed of seeds) {
    const world = new World(seed, setting);
    const violation = await violationOf(world);
    steps += world.scheduler.steps;
    for (const [what, times] of world.sights) sights.set(what, (sights.get(what) ?? 0) + times);
    if (violation === undefined) continue;
    const { rule } = violation;
    if (rules?.includes(rule) !== false) return { steps, sights, others, found: { seed, violation } };
    others.set(rule, (others.get(rule) ?? 0) + 1);
  }
  return { steps, sights, others };
}

async function violationOf(world: World): Promise<Violation | undefined> {
  try {
    await world.run();
    return undefined;
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
}

/** The plan with an empty restart at once, which the algorithm forbids, and nothing else that befalls a server. */
export function forgetful(plan: Plan): Plan {
  const troubles = { ...plan.troubles, freeze: 0, restart: 0, delayedRestart: 0, cut: 0, forget: 1 };
  return { ...plan, troubles };
}

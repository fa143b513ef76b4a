import type { Test } from "@redsync/conformance/matrix";
import { failuresIn, type Run } from "./turbo.ts";

/** What several rounds of suites have come to. */
export class Score {
  /** Of all rounds. */
  readonly tests: Test[] = [];
  /** How often each test has failed, by its package and path. */
  readonly failures: Map<string, number> = new Map();

  /** Adds a round; returns what failed in it. */
  add(runs: readonly Run[]): string[] {
    const failed = runs.flatMap(failuresIn);
    this.tests.push(...runs.flatMap(({ tests }) => tests));
    for (const name of failed) this.failures.set(name, (this.failures.get(name) ?? 0) + 1);
    return failed;
  }
}

/** A line for each test that failed, those that failed most first. */
export function linesOf({ failures }: Score, rounds: number): string[] {
  if (failures.size === 0) return [`Nothing failed in ${rounds} rounds.`];
  const lines = [...failures]
    .sort(([, one], [, other]) => other - one)
    .map(([name, times]) => `  ${times} of ${rounds}  ${name}`);
  return [`Failed in ${rounds} rounds:`, ...lines];
}

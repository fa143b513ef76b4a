import type { RedisNode } from "@redsync/core";
import { type FaultyNode, faulty } from "./faults.ts";
import { type Dress, Fixture } from "./fixture.ts";
import type { Capability, Case } from "./harness.ts";

/** What a lock case plays on. */
export interface LockCaseOptions {
  /** How many nodes; several numbers make a case each. */
  readonly nodes: number | readonly number[];
  /** Whether faults are injected. If not, the case is played on every version of a runtime. */
  readonly faults?: boolean;
  /** What the harness must have beside the nodes. */
  readonly needs?: readonly Capability[];
  /** What stands in front of each node; by default, what faults are injected into. */
  readonly dress?: Dress;
}

const faultless = (node: RedisNode): FaultyNode => ({
  ...faulty(node),
  inject() {
    throw new Error("this case is said to be without faults");
  },
});

/** A case of what a lock owes to its user, over each number of nodes. */
export function lockCase(
  title: string,
  { nodes, faults = false, needs = [], dress = faults ? faulty : faultless }: LockCaseOptions,
  play: (fixture: Fixture) => Promise<void>,
): readonly Case[] {
  return [nodes].flat().map((count) => ({
    title: `${title} (${count === 1 ? "1 node" : `${count} nodes`})`,
    needs: count > 1 ? ["several", ...needs] : needs,
    isFaultless: !faults,
    run: (harness) => Fixture.play(harness, count, play, dress),
  }));
}

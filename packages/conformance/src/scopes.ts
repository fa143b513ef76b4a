import { contract } from "./contract/index.ts";
import type { Case } from "./harness.ts";
import { promises } from "./promises/index.ts";

/** Every case, as data: a runner registers them with whatever test function its runtime has. */
export const cases: readonly Case[] = [...contract, ...promises];

/** Which cases a group plays, as the matrix calls it. */
export type Scope = "all" | "happy paths" | "contract" | "promises" | "of one node";

export const scopes: Readonly<Record<Scope, readonly Case[]>> = {
  all: cases,
  /** With the contract, which is all that hangs on a version of the runtime. */
  "happy paths": [...contract, ...promises.filter(({ isHappy }) => isHappy)],
  contract,
  promises,
  /** What a single node can play: for a Cluster and the like, where the others would say nothing new. */
  "of one node": cases.filter(({ needs }) => !needs?.includes("several")),
};

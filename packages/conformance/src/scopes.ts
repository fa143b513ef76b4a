import type { Case } from "./harness.ts";
import { lockCases } from "./lock-cases/index.ts";
import { nodeCases } from "./node-cases/index.ts";

/** Every case, as data: a runner registers them with whatever test function its runtime has. */
export const cases: readonly Case[] = [...nodeCases, ...lockCases];

/** Which cases a group plays, as the matrix calls it. */
export type Scope = "all" | "without faults" | "node cases" | "lock cases" | "of one node";

export const scopes: Readonly<Record<Scope, readonly Case[]>> = {
  all: cases,
  /** With the node cases, which are all that hangs on a version of the runtime. */
  "without faults": [...nodeCases, ...lockCases.filter(({ isFaultless }) => isFaultless)],
  "node cases": nodeCases,
  "lock cases": lockCases,
  /** What a single node can play: for a Cluster and the like, where the others would say nothing new. */
  "of one node": cases.filter(({ needs }) => !needs?.includes("several")),
};

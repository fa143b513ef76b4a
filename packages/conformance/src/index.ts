import { contract } from "./contract/index.ts";
import type { Case } from "./harness.ts";
import { promises } from "./promises/index.ts";

export { contract } from "./contract/index.ts";
export { type Capability, type Case, type Entry, entriesFor, type Harness, type Opened } from "./harness.ts";
export { promises } from "./promises/index.ts";

/** Every case, as data: a runner registers them with whatever test function its runtime has. */
export const cases: readonly Case[] = [...contract, ...promises];

/** The cases that a single node can play: for a Cluster and the like, where the others would say nothing new. */
export const casesOfOneNode: readonly Case[] = cases.filter(({ needs }) => !needs?.includes("several"));

export { abreast, type Group, type GroupOptions, groupOf, type PlannedTest } from "./group.ts";
export type { Capability, Case, Harness, Opened, Runtime } from "./harness.ts";
export { cases, type Scope } from "./scopes.ts";

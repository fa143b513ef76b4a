import type { Kind } from "./kinds.ts";
import type { Mutation } from "./mutation.ts";
import type { RuleName } from "./rules.ts";

/** A mutation, and the rules of which one must break. */
export interface BreakingMutation extends Mutation {
  readonly rules: readonly RuleName[];
  /** The only schedules that are likely to show it. */
  readonly kind?: Kind;
  /** Not what is stored: the rule must break where the user sees it. */
  readonly checksStorage?: false;
}

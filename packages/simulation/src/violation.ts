import type { RuleName } from "./rules.ts";

/** A schedule broke a rule. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly rule: RuleName;

  constructor(rule: RuleName, message: string) {
    super(message);
    this.rule = rule;
  }
}

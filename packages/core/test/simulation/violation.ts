/** What a schedule must never show. */
export type Rule =
  | "one holder"
  | "a quorum stores it"
  | "valid when given"
  | "nothing left behind"
  | "everything undone"
  | "no acquire after its undo"
  | "every call settles"
  | "no longer than it may"
  | "no timer left"
  | "no listener left"
  | "known errors"
  | "calm nodes grant";

/** A schedule broke a rule. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly rule: Rule;

  constructor(rule: Rule, message: string) {
    super(message);
    this.rule = rule;
  }
}

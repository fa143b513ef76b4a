/** What a schedule must never show. */
export type Rule =
  | "one holder"
  | "a quorum stores it"
  | "nobody in between"
  | "tokens grow"
  | "tokens go by the nodes' clocks"
  | "a quorum stores its token"
  | "the fence goes along"
  | "an heir keeps the token"
  | "valid when given"
  | "nothing left behind"
  | "everything undone"
  | "no acquire after its undo"
  | "nothing sent after unlock"
  | "every call settles"
  | "comes to an end"
  | "no longer than it may"
  | "no timer left"
  | "no listener left"
  | "known errors"
  | "calm nodes grant"
  | "renewed while calm"
  | "goes on renewing"
  | "repaired while calm"
  | "one name lost is all lost"
  | "told when it is lost"
  | "using says what became of it";

/** A schedule broke a rule. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly rule: Rule;

  constructor(rule: Rule, message: string) {
    super(message);
    this.rule = rule;
  }
}

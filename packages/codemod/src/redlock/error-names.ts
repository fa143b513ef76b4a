import { bare, isA, memberOf, type Node, stringOf } from "../syntax/node.ts";

/** `ExecutionError` of version 5 and `LockError` of version 4 are all that redlock rejects with. */
export const ALL = ["ExecutionError", "LockError"];
export const ERRORS = [...ALL, "ResourceLockedError"];

/** A comparison by which an error is asked what it is called. */
export interface NameQuestion {
  readonly error: Node;
  readonly name: string;
  readonly isNegated: boolean;
}

/** `error.name === "ExecutionError"`, of the error or of its class, and turned round. */
export function nameQuestionOf(question: Node): NameQuestion | undefined {
  const operator = question.field("operator")?.text() ?? "";
  const [left, right] = [question.field("left"), question.field("right")];
  if (!left || !right || !/^[!=]==?$/.test(operator)) return undefined;
  const [asked, named] = stringOf(left) === undefined ? [left, right] : [right, left];
  const member = memberOf(bare(asked));
  const name = stringOf(named);
  if (member?.name !== "name" || name === undefined) return undefined;
  const made = memberOf(bare(member.object));
  const error = made?.name === "constructor" ? made.object : member.object;
  return { error, name, isNegated: operator.startsWith("!") };
}

/** Whether a text is the name of an error that is asked for in another way, or told, and not that of an error of one's own. */
export function namesError(text: Node): boolean {
  const by = text.parent();
  if (!ERRORS.includes(stringOf(text) ?? "") || isA(by, "assignment_expression", "public_field_definition"))
    return false;
  const call = isA(by, "arguments") ? by.parent() : undefined;
  return !isA(call, "new_expression") && call?.field("function")?.text() !== "super";
}

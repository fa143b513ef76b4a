import { endOf, isA, memberOf, type Node, startOf } from "../syntax/node.ts";
import { ALL, ERRORS, nameQuestionOf, namesError } from "./error-names.ts";
import type { Rewriting } from "./rewriting.ts";

const MESSAGES =
  /achieve a quorum|attempts to lock the resource|already-expired lock|fully release the lock|lock has already expired/;

/** `error instanceof ExecutionError`, and `error.name === "LockError"`, become `isRedsyncError(error)`. */
export function rewriteErrors(rewriting: Rewriting): void {
  const { file, mark } = rewriting;
  const done = new Set<number>();
  for (const question of file.root.findAll({ rule: { kind: "binary_expression" } }))
    if (rewriteQuestion(rewriting, question)) done.add(question.id());
  for (const text of file.root.findAll({
    rule: { any: [{ kind: "string" }, { kind: "regex" }, { kind: "template_string" }] },
  })) {
    if (MESSAGES.test(text.text()))
      mark(text, "redsync says it in other words: ask for error.code, see docs/errors.md");
    if (namesError(text) && !done.has(text.parent()?.id() ?? -1))
      mark(text, "the names of errors are other ones: ask isRedsyncError(error), and error.code");
  }
  for (const read of file.root.findAll({ rule: { kind: "member_expression" } })) {
    if (memberOf(read)?.name === "attempts" && isCaught(rewriting, read))
      mark(read, "attempts of an error is the number of attempts; what each node said is error.outcomes");
  }
}

export const NEVER =
  "acquire() of redlock rejected with an ExecutionError, and never with a ResourceLockedError: is this what is to be done if others hold the name?";

/** Returns whether this is a question for an error of redlock. */
function rewriteQuestion(rewriting: Rewriting, question: Node): boolean {
  const { file, imports } = rewriting;
  const [left, right] = [question.field("left"), question.field("right")];
  const isClass = question.field("operator")?.text() === "instanceof";
  const kind = isClass ? rewriting.kindOf(right) : undefined;
  const named = nameQuestionOf(question);
  const name = kind?.is === "export" ? kind.name : named?.name;
  const error = named?.error ?? left;
  if (!right || !error || !name || !ERRORS.includes(name)) return false;
  // What is before it, if the question is turned round.
  file.edits.replace(startOf(question), startOf(error), "");
  if (ALL.includes(name)) {
    dropParentheses(rewriting, question);
    const not = named?.isNegated ? "!" : "";
    file.edits.insertBefore(startOf(error), `${not}${imports.value("@redsync/core", "isRedsyncError")}(`);
    file.edits.replace(endOf(error), endOf(question), ")");
    return true;
  }
  rewriting.mark(question, NEVER);
  const taken = imports.value("@redsync/core", "LockTakenError");
  if (named) file.edits.replace(endOf(error), endOf(question), ` instanceof ${taken}`);
  else file.edits.replace(startOf(right), endOf(right), taken);
  if (!named?.isNegated) return true;
  file.edits.insertBefore(startOf(error), "!(");
  file.edits.insertBehind(endOf(question), ")");
  return true;
}

/** `!(error instanceof ExecutionError)` needs its parentheses, `!isRedsyncError(error)` does not. */
function dropParentheses({ file }: Rewriting, question: Node): void {
  const around = question.parent();
  if (!isA(around, "parenthesized_expression") || !isA(around.parent(), "unary_expression")) return;
  file.edits.replace(startOf(around), startOf(question), "");
  file.edits.replace(endOf(question), endOf(around), "");
}

/** Whether an object is what a `catch` has caught. */
function isCaught({ file }: Rewriting, read: Node): boolean {
  const object = memberOf(read)?.object;
  const name = isA(object, "identifier") ? object : object?.find({ rule: { kind: "identifier" } });
  const by = name && file.scopes.declarationOf(name)?.by;
  if (isA(by, "catch_clause")) return true;
  const fn = by?.ancestors().find((each) => isA(each, "arrow_function", "function_expression"));
  return memberOf(fn?.parent()?.parent()?.field("function"))?.name === "catch";
}

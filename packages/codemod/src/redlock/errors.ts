import { endOf, isA, memberOf, type Node, startOf, stringOf } from "../syntax/node.ts";
import type { Rewriting } from "./rewriting.ts";

/** `ExecutionError` of version 5 and `LockError` of version 4 are all that redlock rejects with. */
const ALL = ["ExecutionError", "LockError"];
const ERRORS = [...ALL, "ResourceLockedError"];

const MESSAGES =
  /achieve a quorum|attempts to lock the resource|already-expired lock|fully release the lock|lock has already expired/;

/** `error instanceof ExecutionError` and `error.name === "LockError"` become `isRedsyncError(error)`. */
export function rewriteErrors(rewriting: Rewriting): void {
  const { file, mark } = rewriting;
  for (const question of file.root.findAll({ rule: { kind: "binary_expression" } }))
    rewriteQuestion(rewriting, question);
  for (const text of file.root.findAll({
    rule: { any: [{ kind: "string" }, { kind: "regex" }, { kind: "template_string" }] },
  })) {
    if (MESSAGES.test(text.text()))
      mark(text, "redsync says it in other words: ask for error.code, see docs/errors.md");
    if (isA(text.parent(), "switch_case") && ERRORS.includes(stringOf(text) ?? ""))
      mark(text, "the names of errors are other ones: ask isRedsyncError(error), and error.code");
  }
  for (const read of file.root.findAll({ rule: { kind: "member_expression" } })) {
    if (memberOf(read)?.name === "attempts" && isCaught(rewriting, read))
      mark(read, "attempts of an error is the number of attempts; what each node said is error.outcomes");
  }
}

const NEVER =
  "acquire() of redlock rejected with an ExecutionError, and never with a ResourceLockedError: is this what is to be done if others hold the name?";

function rewriteQuestion(rewriting: Rewriting, question: Node): void {
  const [left, right, operator] = [
    question.field("left"),
    question.field("right"),
    question.field("operator")?.text(),
  ];
  if (!left || !right) return;
  const kind = operator === "instanceof" ? rewriting.kindOf(right) : undefined;
  const isEquality = /^[!=]==?$/.test(operator ?? "");
  const named = isEquality && memberOf(left)?.name === "name" ? stringOf(right) : undefined;
  const name = kind?.is === "export" ? kind.name : named;
  if (!name || !ERRORS.includes(name)) return;
  const error = named === undefined ? left : (memberOf(left)?.object as Node);
  const { file, imports } = rewriting;
  if (ALL.includes(name)) {
    dropParentheses(rewriting, question);
    const not = operator?.startsWith("!") ? "!" : "";
    file.edits.insertBefore(startOf(error), `${not}${imports.value("@redsync/core", "isRedsyncError")}(`);
    return file.edits.replace(endOf(error), endOf(question), ")");
  }
  rewriting.mark(question, NEVER);
  const taken = imports.value("@redsync/core", "LockTakenError");
  if (named === undefined) return file.edits.replace(startOf(right), endOf(right), taken);
  file.edits.replace(endOf(error), endOf(question), ` instanceof ${taken}`);
  if (!operator?.startsWith("!")) return;
  file.edits.insertBefore(startOf(error), "!(");
  file.edits.insertBehind(endOf(question), ")");
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

import {
  childrenOf,
  endOf,
  functionAround,
  isA,
  isAsync,
  isFunction,
  isPlain,
  type MethodCall,
  type Node,
  startOf,
} from "../syntax/node.ts";
import { callbackify } from "./callback.ts";
import type { Rewriting } from "./rewriting.ts";

/** `lock.release()` becomes `lock.unlock()`. */
export function rewriteRelease(rewriting: Rewriting, { call, property, args }: MethodCall): void {
  const { file, mark } = rewriting;
  const [callback] = args;
  if (callback && !isFunction(callback)) return mark(call, `unlock() takes no callback: ${ANSWER}`);
  file.edits.replace(startOf(property), endOf(property), "unlock");
  if (callback) callbackify(rewriting, call, { end: startOf(callback), suffix: ")", callback });
  checkUse(rewriting, call);
}

/** `redlock.release(lock)` becomes `lock.unlock()`. */
export function rewriteReleaseBy(rewriting: Rewriting, { call, args }: MethodCall): void {
  const { file, mark } = rewriting;
  const [lock, second] = args;
  if (!lock || (second && !isFunction(second) && !isA(second, "object")))
    return mark(call, "write it as lock.unlock()");
  if (second && isA(second, "object")) mark(call, "unlock() is not tried again, so it takes no settings");
  const isOperand = isPlain(lock) || isA(lock, ...OPERANDS);
  const begin = isOperand ? "" : "(";
  const goesOn = /^[([`/+-]/.test(begin + lock.text()) && isBehindOpenLine(call) && !isFunction(second);
  file.edits.replace(startOf(call), startOf(lock), (goesOn ? ";" : "") + begin);
  const unlock = isOperand ? ".unlock()" : ").unlock()";
  if (second && isFunction(second))
    callbackify(rewriting, call, { end: endOf(lock), suffix: unlock, callback: second });
  else file.edits.replace(endOf(lock), endOf(call), unlock);
  checkUse(rewriting, call);
}

/** What a method can be called of without parentheses. */
const OPERANDS = [
  "member_expression",
  "subscript_expression",
  "call_expression",
  "non_null_expression",
  "parenthesized_expression",
];

/** Whether a call begins its statement behind one that has no semicolon, so that a parenthesis would go on with that one. */
function isBehindOpenLine(call: Node): boolean {
  const statement = call.ancestors().find((each) => isA(each, "expression_statement"));
  if (!statement || startOf(statement) !== startOf(call) || !isA(statement.parent(), ...LISTS)) return false;
  const before = statement.prevAll().find((each) => !isA(each, "comment"));
  if (!before?.isNamed() || before.text().endsWith(";")) return false;
  return !before.text().endsWith("}") || isA(before, ...OPEN);
}

const LISTS = ["program", "statement_block", "switch_case", "switch_default"];
/** Statements that a parenthesis goes on with, also behind a brace: `const options = {}`. */
const OPEN = ["expression_statement", "lexical_declaration", "variable_declaration", "export_statement"];

const ANSWER = `it resolves to "released", "expired" or "taken", and rejects if too few nodes answered`;

/** What an unlock resolves to is another thing here. */
function checkUse(rewriting: Rewriting, call: Node): void {
  const { mark } = rewriting;
  const awaiting = isA(call.parent(), "await_expression") ? call.parent() : undefined;
  const whole = awaiting ?? call;
  const parent = whole.parent();
  if (
    isA(parent, "variable_declarator", "assignment_expression", "member_expression") &&
    (awaiting || !isChained(parent))
  )
    mark(call, `the result of unlock() is another one: ${ANSWER}`);
  returnNothing(rewriting, whole, awaiting !== undefined);
}

/** In an async function that returns nothing by its type, `return lock.release()` becomes a statement: unlock() resolves to a text. */
function returnNothing({ file }: Rewriting, whole: Node, isAwaited: boolean): void {
  const statement = whole.parent();
  const owner = functionAround(whole);
  if (
    !isA(statement, "return_statement") ||
    !owner ||
    owner.field("return_type")?.text().replaceAll(/\s/g, "") !== ":Promise<void>" ||
    !isAsync(owner)
  )
    return;
  file.edits.replace(startOf(statement), startOf(whole), isAwaited ? "" : "await ");
  const around = statement.parent();
  const isLast =
    around?.id() === owner.field("body")?.id() && childrenOf(around).at(-1)?.id() === statement.id();
  // It ended the function, and what comes behind it must not run now.
  if (isLast) return;
  const end = statement.text().endsWith(";") ? "" : ";";
  const isInList = isA(around, ...LISTS);
  if (!isInList) file.edits.insertBefore(startOf(statement), "{ ");
  const before = file.text.slice(file.lineStart(startOf(statement)), startOf(statement));
  const between = isInList && before.trim() === "" ? file.newLine + before : " ";
  file.edits.insertBehind(endOf(statement), `${end}${between}return;${isInList ? "" : " }"}`);
}

/** `.catch()`, `.then()` of the promise. */
function isChained(parent: Node): boolean {
  return isA(parent, "member_expression") && isA(parent.parent(), "call_expression");
}

import {
  bare,
  childrenOf,
  endOf,
  isA,
  isAsync,
  isFunction,
  isPlain,
  methodCallOf,
  type Node,
  names,
  parametersOf,
  patternOf,
  startOf,
  statementAround,
  stringOf,
} from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { nameQuestionOf } from "./error-names.ts";
import { NEVER } from "./errors.ts";
import type { Rewriting } from "./rewriting.ts";
import { targetOf } from "./target.ts";

const LISTENING = ["on", "once", "addListener"];

/** `redlock.on("error", …)` of version 5, `redlock.on("clientError", …)` of version 4. */
export function isErrorListener(call: Node): boolean {
  const method = methodCallOf(call);
  return (
    LISTENING.includes(method?.name ?? "") && /^(error|clientError)$/.test(stringOf(method?.args[0]) ?? "")
  );
}

/**
 * The option `onEvent` of a Redsync, of the listener that its Redlock was given behind it in the same block; the statement goes away.
 * It comes last, so that the listener is taken over as rewritten as it is.
 */
export function eventOptionFor(rewriting: Rewriting, construction: Node): string | undefined {
  const { file } = rewriting;
  const listening = listenerOf(rewriting, construction);
  const handler = methodCallOf(listening)?.args[1];
  const statement = listening?.parent();
  if (!handler || !statement) return undefined;
  const lines = isFunction(handler) ? inlined(rewriting, handler) : called(file, handler);
  const { start, end, comments } = file.linesOf(statement);
  const marks = file.takeMarks(start, end);
  file.removeLines(statement);
  return lines && [...comments.map((comment) => comment.text()), ...marks, ...lines].join("\n");
}

/** The first statement of the block that makes a Redlock by which it is given a listener, if that can move. */
export function listenerOf({ file }: Rewriting, construction: Node): Node | undefined {
  const target = targetOf(construction);
  const block = statementAround(construction)?.parent()?.id();
  return file.root.findAll({ rule: { kind: "call_expression" } }).find((each) => {
    const statement = each.parent();
    const method = methodCallOf(each);
    if (!isErrorListener(each) || method?.object.text() !== target || !isA(statement, "expression_statement"))
      return false;
    const [, handler] = method?.args ?? [];
    return statement.parent()?.id() === block && file.fillsLines(statement) && handler && canMove(handler);
  });
}

/** A function with a `this` of its own was called on the Redlock. Texts of several lines would be indented anew. */
function canMove(handler: Node): boolean {
  if (!isFunction(handler)) return isPlain(handler);
  const texts = handler.findAll({ rule: { kind: "template_string" } });
  if (parametersOf(handler).length > 1 || texts.some((text) => text.text().includes("\n"))) return false;
  return isA(handler, "arrow_function") || !usesThis(handler);
}

const usesThis = (node: Node) => node.find({ rule: { kind: "this" } }) !== null;

function called(file: SourceFile, handler: Node): string[] {
  const event = nameOfEvent(handler);
  return optionOf(file, `(${event})`, [
    `if (${event}.type === "nodeFailed") ${handler.text()}(${event}.error);`,
  ]);
}

/** What the event is called, so that a listener means what it meant by its own names. */
const nameOfEvent = (handler: Node): string =>
  ["event", "redsyncEvent"].find((name) => !names(handler, name)) ?? "eventOfRedsync";

/** The body of a listener, behind the question whether it is such an event. */
function inlined(rewriting: Rewriting, handler: Node): string[] | undefined {
  const { file } = rewriting;
  const [parameter] = parametersOf(handler);
  const body = handler.field("body");
  if (!body) return undefined;
  const error = parameter && patternOf(parameter).text();
  const isBlock = isA(body, "statement_block");
  for (const each of isBlock ? childrenOf(body) : []) if (error) dropFilter(rewriting, each, error);
  file.applyMarks(startOf(body), endOf(body));
  const text = isBlock
    ? file.edits.slice(startOf(body) + 1, endOf(body) - 1)
    : `${file.edits.slice(startOf(body), endOf(body))};`;
  const rest = dedented(text);
  if (rest.every((line) => line.trim() === "")) return undefined;
  const event = nameOfEvent(handler);
  const read =
    error === "error" ? [`const { error } = ${event};`] : error ? [`const ${error} = ${event}.error;`] : [];
  const head = `${isAsync(handler) ? "async " : ""}(${event})`;
  return optionOf(file, head, [`if (${event}.type !== "nodeFailed") return;`, ...read, ...rest]);
}

/**
 * Contention is no failure of a node here: `if (error instanceof ResourceLockedError) return;` goes away, and of
 * `if (!(error instanceof ResourceLockedError)) log(error);` the question.
 */
function dropFilter({ file, kindOf, mark }: Rewriting, statement: Node, error: string): void {
  const then = statement.field("consequence");
  if (!isA(statement, "if_statement") || !then) return;
  const [condition] = childrenOf(statement.field("condition"));
  const asks = condition && asksWhetherLocked(condition, error, (node) => kindOf(node)?.is === "export");
  if (asks) file.unmark(condition, NEVER);
  const [only, ...others] = isA(then, "statement_block") ? childrenOf(then) : [then];
  const isOnlyReturn = isA(only, "return_statement") && others.length === 0 && childrenOf(only).length === 0;
  if (statement.field("alternative") || (asks === "locked" && !isOnlyReturn))
    return void (asks && mark(statement, CONTENDED));
  if (asks === "locked") {
    const next = statement.next();
    if (file.fillsLines(statement)) file.removeLines(statement);
    else file.edits.remove(startOf(statement), next ? startOf(next) : endOf(statement));
  }
  if (asks === "other" && !isA(then, "statement_block")) file.edits.remove(startOf(statement), startOf(then));
}

const CONTENDED =
  'somebody else\'s lock is no failure of a node, so this never runs here: see the event "contended" of onEvent';

/** Whether a condition holds for errors of contention, or for all others; neither, if it asks something else. */
function asksWhetherLocked(
  given: Node,
  error: string,
  isOfLibrary: (node: Node | null) => boolean,
): "locked" | "other" | undefined {
  const condition = bare(given);
  const [negated] =
    isA(condition, "unary_expression") && condition.text().startsWith("!") ? childrenOf(condition) : [];
  if (negated) {
    const asks = asksWhetherLocked(negated, error, isOfLibrary);
    return asks && (asks === "locked" ? "other" : "locked");
  }
  if (condition.field("operator")?.text() === "instanceof")
    return condition.field("left")?.text() === error && isOfLibrary(condition.field("right"))
      ? "locked"
      : undefined;
  const named = nameQuestionOf(condition);
  if (named?.error.text() !== error || named.name !== "ResourceLockedError") return undefined;
  return named.isNegated ? "other" : "locked";
}

/** The lines of a text without empty ones around them, and without the indent that they share. */
function dedented(text: string): string[] {
  const lines = text
    .replace(/^\s*\n/, "")
    .trimEnd()
    .split(/\r?\n/);
  const indents = lines
    .filter((line) => line.trim() !== "")
    .map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  return lines.map((line) => line.slice(Math.min(...indents)));
}

function optionOf({ unit }: SourceFile, head: string, body: readonly string[]): string[] {
  return [`onEvent: ${head} => {`, ...body.map((line) => (line === "" ? "" : unit + line)), "}"];
}

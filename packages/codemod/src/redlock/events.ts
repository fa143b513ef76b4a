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
  parametersOf,
  patternOf,
  startOf,
  statementAround,
  stringOf,
} from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
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
  const listening = listenersOf(rewriting, construction)[0];
  const handler = methodCallOf(listening)?.args[1];
  const statement = listening?.parent();
  if (!handler || !isA(statement, "expression_statement") || !canMove(handler)) return undefined;
  const lines = isFunction(handler) ? inlined(rewriting, handler) : called(file, handler);
  const comments = file.linesOf(statement).comments.map((comment) => comment.text());
  file.removeLines(statement);
  return lines && [...comments, ...lines].join("\n");
}

/** The statements that give a Redlock a listener, in the block that makes it. */
export function listenersOf({ file }: Rewriting, construction: Node): Node[] {
  const target = targetOf(construction);
  const block = statementAround(construction)?.parent()?.id();
  return file.root
    .findAll({ rule: { kind: "call_expression" } })
    .filter((each) => isErrorListener(each) && methodCallOf(each)?.object.text() === target)
    .filter((each) => statementAround(each)?.parent()?.id() === block);
}

/** A function with a `this` of its own was called on the Redlock. Texts of several lines would be indented anew. */
export function canMove(handler: Node): boolean {
  if (!isFunction(handler)) return isPlain(handler);
  const texts = handler.findAll({ rule: { kind: "template_string" } });
  if (parametersOf(handler).length > 1 || texts.some((text) => text.text().includes("\n"))) return false;
  return isA(handler, "arrow_function") || !usesThis(handler);
}

const usesThis = (node: Node) => node.find({ rule: { kind: "this" } }) !== null;

function called(file: SourceFile, handler: Node): string[] {
  return optionOf(file, "(event)", [`if (event.type === "nodeFailed") ${handler.text()}(event.error);`]);
}

/** The body of a listener, behind the question whether it is such an event. */
function inlined({ file, kindOf }: Rewriting, handler: Node): string[] | undefined {
  const [parameter] = parametersOf(handler);
  const body = handler.field("body");
  if (!body) return undefined;
  const error = parameter && patternOf(parameter).text();
  const isBlock = isA(body, "statement_block");
  const isLocked = (node: Node | null) => kindOf(node)?.is === "export";
  for (const each of isBlock ? childrenOf(body) : []) if (error) dropFilter(file, each, error, isLocked);
  const text = isBlock
    ? file.edits.slice(startOf(body) + 1, endOf(body) - 1)
    : `${file.edits.slice(startOf(body), endOf(body))};`;
  const rest = dedented(text);
  if (rest.every((line) => line.trim() === "")) return undefined;
  const read =
    error === "error" ? ["const { error } = event;"] : error ? [`const ${error} = event.error;`] : [];
  const head = `${isAsync(handler) ? "async " : ""}(event)`;
  return optionOf(file, head, [`if (event.type !== "nodeFailed") return;`, ...read, ...rest]);
}

/**
 * Contention is no failure of a node here: `if (error instanceof ResourceLockedError) return;` goes away, and of
 * `if (!(error instanceof ResourceLockedError)) log(error);` the question.
 */
function dropFilter(
  file: SourceFile,
  statement: Node,
  error: string,
  isLocked: (node: Node | null) => boolean,
): void {
  if (!isA(statement, "if_statement") || statement.field("alternative")) return;
  const [condition] = childrenOf(statement.field("condition"));
  const isNegated = isA(condition, "unary_expression") && condition.text().startsWith("!");
  const [inner] = isNegated ? childrenOf(condition) : [condition];
  const question = inner && bare(inner);
  const then = statement.field("consequence");
  if (question?.field("operator")?.text() !== "instanceof" || question.field("left")?.text() !== error)
    return;
  if (!isLocked(question.field("right")) || !then) return;
  if (isNegated && !isA(then, "statement_block")) file.replace(startOf(statement), startOf(then), "");
  else if (!isNegated && /^\{?\s*return;?\s*\}?$/.test(then.text())) file.removeLines(statement);
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

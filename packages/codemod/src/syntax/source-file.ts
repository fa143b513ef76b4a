import { extname } from "node:path";
import { Lang, parse } from "@ast-grep/napi";
import { Edits } from "./edits.ts";
import { Fillings } from "./fillings.ts";
import { endOf, isA, type Node, startOf } from "./node.ts";
import { Scopes } from "./scopes.ts";
import { writtenIn } from "./written.ts";

export const MARK = "TODO(redsync): ";

const MASK = "usinG";

/**
 * The text as the grammar can read it: it takes each `using` for the beginning of a declaration, and bluebird has a function of that name.
 * Nothing changes its place.
 */
function readable(text: string): string {
  return text.replaceAll(/(?<![.\w$])using\b(?!\s+[\w$]+\s*(?:=|of\b))/g, MASK);
}

/** One file: its syntax tree, and what is to be changed in it. Nothing outside of a change is touched. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  readonly root: Node;
  readonly scopes: Scopes;
  readonly fillings: Fillings;
  readonly edits: Edits;
  #written: ReadonlySet<string> | undefined;
  readonly #marks = new Map<number, Set<string>>();

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.edits = new Edits(text);
    // The grammar of TypeScript with JSX reads JavaScript as well. Only `.ts` files may have `<Type>value`.
    const isPlain = this.isTypeScript && extname(path) !== ".tsx";
    this.root = parse(isPlain ? Lang.TypeScript : Lang.Tsx, readable(text)).root();
    this.scopes = new Scopes(this.root);
    this.fillings = new Fillings(this.root, this.scopes);
  }

  get isTypeScript(): boolean {
    return /\.[cm]?tsx?$/.test(this.path);
  }

  /** The first place that the grammar cannot read. */
  get unreadable(): number | undefined {
    // What is missing is a node without a text.
    const error = this.text && this.root.find({ rule: { any: [{ kind: "ERROR" }, { regex: "^$" }] } });
    return error ? startOf(error) : undefined;
  }

  /** The properties that are given a value, as `writtenIn()` finds them. */
  get written(): ReadonlySet<string> {
    this.#written ??= writtenIn(this.root);
    return this.#written;
  }

  get newLine(): string {
    return this.text.includes("\r\n") ? "\r\n" : "\n";
  }

  /** By how much it indents. */
  get unit(): string {
    return /\n(\t| {2,8})(?=[^\s*])/.exec(this.text)?.[1] ?? "  ";
  }

  /** The white space that a line begins with. */
  indentAt(index: number): string {
    const line = this.text.slice(this.lineStart(index));
    return /^[ \t]*/.exec(line)?.[0] ?? "";
  }

  lineStart(index: number): number {
    return this.text.lastIndexOf("\n", index - 1) + 1;
  }

  lineEnd(index: number): number {
    const end = this.text.indexOf("\n", index);
    return end < 0 ? this.text.length : end;
  }

  /** Leaves a comment above the statement around a node: what is left to the user, and why. */
  mark(node: Node, message: string): void {
    const index = this.#lineOf(node);
    const marks = this.#marks.get(index) ?? new Set();
    this.#marks.set(index, marks);
    if (!this.#isMarked(node, `// ${MARK}${message}`)) marks.add(message);
  }

  /** Takes back what was left to the user. */
  unmark(node: Node, message: string): void {
    this.#marks.get(this.#lineOf(node))?.delete(message);
  }

  /** Whether an earlier run has left a comment, above the statement or above what has it in it, into which it may have moved. */
  #isMarked(node: Node, comment: string): boolean {
    if (!this.text.includes(comment)) return false;
    if (this.#commentsAbove(this.#lineOf(node)).includes(comment)) return true;
    return [node, ...node.ancestors()].some((each) => {
      const index = this.lineStart(startOf(each));
      return this.#beginsLine(each, index) && this.#commentsAbove(index).includes(comment);
    });
  }

  #beginsLine(node: Node, index: number): boolean {
    return this.text.slice(index, startOf(node)).trim() === "";
  }

  /** Removes nodes that fill their lines, with the comments directly above and behind them, and an empty line that would be one too many. */
  removeLines(node: Node): void {
    const { start, end } = this.linesOf(node);
    this.takeMarks(start, end);
    this.edits.remove(start, end);
  }

  /** Whether there is nothing else on the lines of a node but a comma, and a comment behind it. */
  fillsLines(node: Node): boolean {
    const before = this.text.slice(this.lineStart(startOf(node)), startOf(node));
    const behind = this.text.slice(endOf(node), this.lineEnd(endOf(node)));
    return before.trim() === "" && /^\s*[,;]?\s*(\/\/.*|\/\*.*\*\/\s*)?$/.test(behind);
  }

  /** The lines of a node and of the comments directly above it. */
  linesOf(node: Node): { readonly start: number; readonly end: number; readonly comments: readonly Node[] } {
    const comments: Node[] = [];
    for (let each = node.prev(); isA(each, "comment") && this.fillsLines(each); each = each.prev()) {
      if (this.text.slice(endOf(each), startOf(comments[0] ?? node)).split("\n").length > 2) break;
      comments.unshift(each);
    }
    let start = this.lineStart(startOf(comments[0] ?? node));
    const end = Math.min(this.lineEnd(endOf(node)) + 1, this.text.length);
    const isFirst = /[[({]\s*$/.test(this.text.slice(0, start));
    const isLast = /^\s*(\n|[\])}]|$)/.test(this.text.slice(end));
    if (isLast && !isFirst && this.#isEmptyLine(start - 1)) start = this.lineStart(start - 1);
    return { start, end, comments };
  }

  #isEmptyLine(index: number): boolean {
    return index >= 0 && this.text.slice(this.lineStart(index), this.lineEnd(index)).trim() === "";
  }

  /** Takes the marks of some lines away, and returns their comments. */
  takeMarks(start: number, end: number): string[] {
    const taken = [...this.#marks].filter(([index]) => index >= start && index < end);
    for (const [index] of taken) this.#marks.delete(index);
    return taken.flatMap(([, messages]) => [...messages].map((message) => `// ${MARK}${message}`));
  }

  /** Puts the marks of some lines into the text, so that they move with it. */
  applyMarks(start: number, end: number): void {
    for (const index of [...this.#marks.keys()].filter((index) => index >= start && index < end)) {
      const lines = this.takeMarks(index, index + 1).map(
        (line) => `${this.indentAt(index)}${line}${this.newLine}`,
      );
      this.edits.insertLines(index, lines.join(""));
    }
  }

  /** What the file is to be. */
  result(): string {
    this.applyMarks(0, Infinity);
    return this.edits.toString().replaceAll(MASK, "using");
  }

  /** The lines of comments directly above a line. */
  #commentsAbove(index: number): string[] {
    const lines = this.text.slice(0, index).trimEnd().split(/\r?\n/);
    const first = lines.findLastIndex((line) => !line.trimStart().startsWith("//")) + 1;
    return lines.slice(first).map((line) => line.trim());
  }

  /** The start of the line of the statement, or member of a class, around a node. */
  #lineOf(node: Node): number {
    const around = [node, ...node.ancestors()];
    for (const each of around) {
      const index = this.lineStart(startOf(each));
      if (
        this.#beginsLine(each, index) &&
        isA(each.parent(), "program", "statement_block", "class_body", "switch_case")
      )
        return index;
    }
    // Behind others on a line: above that line, or where the first of them begins if that is above it.
    const top = around.find((each) => isA(each.parent(), "program"));
    let index = top ? this.lineStart(startOf(top)) : 0;
    for (let each = top?.prev(); each && endOf(each) > index; each = each.prev())
      index = this.lineStart(startOf(each));
    return index;
  }
}

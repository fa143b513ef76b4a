import { extname } from "node:path";
import { Lang, parse } from "@ast-grep/napi";
import MagicString from "magic-string";
import { isA, type Node, startOf } from "./node.ts";
import { Scopes } from "./scopes.ts";

export const MARK = "TODO(redsync): ";

/** One file: its syntax tree, and what is to be changed in it. Nothing outside of a change is touched. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  readonly root: Node;
  readonly scopes: Scopes;
  readonly edits: MagicString;
  readonly #marks = new Map<number, Set<string>>();

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.edits = new MagicString(text);
    // The grammar of TypeScript with JSX reads JavaScript as well. Only `.ts` files may have `<Type>value`.
    this.root = parse(
      this.isTypeScript && extname(path) !== ".tsx" ? Lang.TypeScript : Lang.Tsx,
      text,
    ).root();
    this.scopes = new Scopes(this.root);
  }

  get isTypeScript(): boolean {
    return /\.[cm]?tsx?$/.test(this.path);
  }

  get newLine(): string {
    return this.text.includes("\r\n") ? "\r\n" : "\n";
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

  /** Replaces a part. What was put in before it stays, which `remove` of MagicString would drop. */
  replace(start: number, end: number, text: string): void {
    if (start === end) this.edits.appendLeft(start, text);
    else this.edits.update(start, end, text);
  }

  /** Leaves a comment above the statement around a node: what is left to the user, and why. */
  mark(node: Node, message: string): void {
    const index = this.#lineOf(node);
    const marks = this.#marks.get(index) ?? new Set();
    this.#marks.set(index, marks);
    if (!this.#commentsAbove(index).includes(`// ${MARK}${message}`)) marks.add(message);
  }

  /** What the file is to be. */
  result(): string {
    for (const [index, messages] of this.#marks) {
      const lines = [...messages].map(
        (message) => `${this.indentAt(index)}// ${MARK}${message}${this.newLine}`,
      );
      this.edits.prependRight(index, lines.join(""));
    }
    this.#marks.clear();
    return this.edits.toString();
  }

  /** The lines of comments directly above a line. */
  #commentsAbove(index: number): string[] {
    const lines = this.text.slice(0, index).trimEnd().split(/\r?\n/);
    const first = lines.findLastIndex((line) => !line.trimStart().startsWith("//")) + 1;
    return lines.slice(first).map((line) => line.trim());
  }

  /** The start of the line of the statement, or member of a class, around a node. */
  #lineOf(node: Node): number {
    for (const each of [node, ...node.ancestors()]) {
      const index = this.lineStart(startOf(each));
      const beginsLine = this.text.slice(index, startOf(each)).trim() === "";
      if (beginsLine && isA(each.parent(), "program", "statement_block", "class_body", "switch_case"))
        return index;
    }
    return 0;
  }
}

import type { Todo } from "./todos.ts";

/** What a run has done, and what it leaves to the user. */
export interface Outcome {
  readonly files: number;
  readonly changed: readonly string[];
  readonly commands: readonly string[];
  readonly notes: readonly string[];
  readonly todos: readonly Todo[];
  /** The files that could not be read, and that do not name redlock. */
  readonly unread: readonly Todo[];
  readonly dry: boolean;
}

/** The text that a run ends with. */
export function reportOf({ files, changed, commands, notes, todos, unread, dry }: Outcome): string {
  const paragraphs = [`${changed.length} of ${files} files ${dry ? "would be changed" : "changed"}`];
  if (changed.length > 0) paragraphs.push(indented(changed));
  if (commands.length > 0) paragraphs.push("Packages:", indented(commands));
  if (changed.length > 0) paragraphs.push("What is different wherever a lock is used:", indented(notes));
  if (todos.length > 0)
    paragraphs.push(
      `Left to you (${todos.length}), marked with TODO(redsync):`,
      indented(todos.map(shownTodo)),
    );
  if (unread.length > 0)
    paragraphs.push(
      `Could not be read (${unread.length}): look whether they use a Redlock or a lock of it:`,
      indented(unread.map(({ path, line }) => `${path}:${line}`)),
    );
  return paragraphs.join("\n");
}

const shownTodo = ({ path, line, message }: Todo) => `${path}:${line} ${message}`;

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join("\n");

import { MARK } from "./syntax/source-file.ts";

/** A comment that says what is left to the user. */
export interface Todo {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** All that is left in a file, also by earlier runs. */
export function todosIn(path: string, text: string): Todo[] {
  return text.split("\n").flatMap((line, index) => {
    const [, message] = line.trim().split(`// ${MARK}`);
    return message === undefined ? [] : { path, line: index + 1, message };
  });
}

/** A file that the grammar cannot read, so that nothing in it is changed. */
export function unreadAt(path: string, text: string, index: number): Todo {
  const line = text.slice(0, index).split("\n").length;
  return { path, line, message: "cannot be read, and stays as it is" };
}

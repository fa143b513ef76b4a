import { readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { createTwoFilesPatch } from "diff";
import { filesIn } from "./files.ts";
import { progress, say } from "./output.ts";
import { packageCommands } from "./packages.ts";
import { NOTES } from "./redlock/notes.ts";
import { rewriteProject } from "./redlock/rewrite-project.ts";
import { status } from "./status.ts";
import { type Todo, todosIn, unreadAt } from "./todos.ts";

export interface MigrateOptions {
  readonly dry?: boolean;
}

/** `redsync-codemod redlock`: rewrites files, and says what is left to do. Resolves to the exit status. */
export async function migrate(paths: readonly string[], { dry = false }: MigrateOptions): Promise<number> {
  const files = await filesIn(paths);
  const texts = new Map<string, string>();
  for (const path of files) texts.set(path, await readFile(path, "utf8"));
  const { changed, modules, unreadable } = rewriteProject(texts, progress);
  for (const [path, text] of changed) {
    if (dry) say(patchOf(path, texts.get(path) ?? "", text));
    else await writeFile(path, text);
  }
  const todos = files.flatMap((path) => {
    const text = changed.get(path) ?? texts.get(path) ?? "";
    const index = unreadable.get(path);
    const unread = index === undefined ? [] : [unreadAt(shown(path), text, index)];
    return [...unread, ...todosIn(shown(path), text)];
  });
  const [first] = changed.keys();
  const commands = first === undefined ? [] : await packageCommands(first, modules);
  say(reportOf({ files: files.length, changed: [...changed.keys()].map(shown), commands, todos, dry }));
  return todos.length > 0 ? status.left : status.done;
}

const shown = (path: string) => relative(process.cwd(), path);

function patchOf(path: string, before: string, after: string): string {
  return createTwoFilesPatch(shown(path), shown(path), before, after).replace(/^=+\n/, "");
}

interface Outcome {
  readonly files: number;
  readonly changed: readonly string[];
  readonly commands: readonly string[];
  readonly todos: readonly Todo[];
  readonly dry: boolean;
}

function reportOf({ files, changed, commands, todos, dry }: Outcome): string {
  const paragraphs = [`${changed.length} of ${files} files ${dry ? "would be changed" : "changed"}`];
  if (changed.length > 0) paragraphs.push(indented(changed));
  if (commands.length > 0) paragraphs.push("Packages:", indented(commands));
  if (changed.length > 0) paragraphs.push("What is different wherever a lock is used:", indented(NOTES));
  if (todos.length > 0)
    paragraphs.push(
      `Left to you (${todos.length}), marked with TODO(redsync):`,
      indented(todos.map(({ path, line, message }) => `${path}:${line} ${message}`)),
    );
  return paragraphs.join("\n");
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join("\n");

import { writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { createTwoFilesPatch } from "diff";
import { filesIn, type Source, sourceAt } from "./files.ts";
import { progress, say } from "./output.ts";
import { packageCommands } from "./packages.ts";
import { namesFork } from "./redlock/library.ts";
import { notesFor } from "./redlock/notes.ts";
import { rewriteProject } from "./redlock/rewrite-project.ts";
import { reportOf } from "./report.ts";
import { status } from "./status.ts";
import { todosIn, unreadAt } from "./todos.ts";

export interface MigrateOptions {
  readonly dry?: boolean;
}

/** `redsync-codemod redlock`: rewrites files, and says what is left to do. Resolves to the exit status. */
export async function migrate(paths: readonly string[], { dry = false }: MigrateOptions): Promise<number> {
  const files = await filesIn(paths);
  const sources = new Map<string, Source>();
  for (const path of files) sources.set(path, await sourceAt(path));
  const texts = new Map([...sources].map(([path, { text }]) => [path, text]));
  const foreign = new Set(files.filter((path) => sources.get(path)?.isUtf8 === false));
  const { changed, modules, unreadable, importers } = rewriteProject(texts, {
    foreign,
    onProgress: progress,
  });
  const [first] = changed.keys();
  // What may fail is done before anything is written.
  const commands =
    first === undefined ? [] : await packageCommands(first, { modules, importers: importers.map(shown) });
  for (const [path, text] of changed) {
    if (dry) say(patchOf(path, texts.get(path) ?? "", text));
    else await writeFile(path, (sources.get(path)?.head ?? "") + text);
  }
  const unreadIn = (path: string) => {
    const index = unreadable.get(path);
    return index === undefined ? [] : [unreadAt(shown(path), texts.get(path) ?? "", index)];
  };
  const namesRedlock = (path: string) => /redlock/i.test(texts.get(path) ?? "");
  const todos = files.flatMap((path) => [
    ...(namesRedlock(path) ? unreadIn(path) : []),
    ...todosIn(shown(path), changed.get(path) ?? texts.get(path) ?? ""),
  ]);
  say(
    reportOf({
      files: files.length,
      changed: [...changed.keys()].map(shown),
      commands,
      notes: notesFor({ usesFork: [...texts.values()].some(namesFork) }),
      todos,
      unread: files.filter((path) => !namesRedlock(path)).flatMap(unreadIn),
      dry,
    }),
  );
  return todos.length > 0 ? status.left : status.done;
}

const shown = (path: string) => relative(process.cwd(), path);

function patchOf(path: string, before: string, after: string): string {
  return createTwoFilesPatch(shown(path), shown(path), before, after).replace(/^=+\n/, "");
}

import type { Project } from "../kinds/project.ts";
import { SourceFile } from "../syntax/source-file.ts";
import { namesLibrary } from "./library.ts";
import { projectOf, type Texts } from "./project-of.ts";
import { rewriteFile } from "./rewrite-file.ts";
import { commentsIn, specifiersIn } from "./specifiers.ts";

export interface Rewritten {
  /** The new texts of the files that change. */
  readonly changed: Texts;
  /** The modules that they import now. */
  readonly modules: ReadonlySet<string>;
  /** The files that cannot be read, and where. Those that cannot have to do with a lock are left out. */
  readonly unreadable: ReadonlyMap<string, number>;
  /** The files that import redlock still. */
  readonly importers: readonly string[];
}

export interface Run {
  /** Files that are not UTF-8, which stay as they are: their texts are only looked at. */
  readonly foreign?: ReadonlySet<string>;
  readonly onProgress?: (done: number, all: number) => void;
}

/** Rewrites the files of a project, of which some may only use what others make. */
export function rewriteProject(
  texts: Texts,
  { foreign = new Set(), onProgress = () => {} }: Run = {},
): Rewritten {
  const project = projectOf(texts);
  const changed = new Map<string, string>();
  const modules = new Set<string>();
  const unreadable = new Map<string, number>();
  for (const [index, file] of project.files.entries()) {
    onProgress(index + 1, project.files.length);
    const stop = foreign.has(file.path) ? 0 : file.unreadable;
    if (stop !== undefined) {
      unreadable.set(file.path, stop);
      continue;
    }
    for (const module of rewritten(project, file)) modules.add(module);
    const text = file.result();
    if (text !== file.text) changed.set(file.path, text);
  }
  const known = new Set(project.files.map(({ path }) => path));
  for (const [path, text] of texts) {
    if (known.has(path) || !mayUseLock(text)) continue;
    const index = foreign.has(path) ? 0 : new SourceFile(path, text).unreadable;
    if (index !== undefined) unreadable.set(path, index);
  }
  const importers = [...texts.keys()].filter((path) =>
    importsLibrary(path, changed.get(path) ?? texts.get(path) ?? "", unreadable.has(path)),
  );
  return { changed, modules, unreadable, importers };
}

/** Whether a file names redlock, or calls what a Redlock or a lock has: it may have been given one in a way that is not followed. */
function mayUseLock(text: string): boolean {
  return /redlock|\.\s*(acquire|lock|using|release|unlock|extend)(WithOptions)?\s*\(/i.test(text);
}

function importsLibrary(path: string, text: string, isUnreadable: boolean): boolean {
  if (!namesLibrary(text)) return false;
  const file = new SourceFile(path, text);
  return isUnreadable || specifiersIn(file).length > 0 || commentsIn(file).length > 0;
}

/** An error of ours names the file, so that it can be left out. */
function rewritten(project: Project, file: SourceFile): readonly string[] {
  try {
    return rewriteFile(project, file);
  } catch (cause) {
    throw new Error(`nothing is changed: ${file.path} cannot be rewritten`, { cause });
  }
}

import type { Project } from "../kinds/project.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { projectOf, type Texts } from "./project-of.ts";
import { rewriteFile } from "./rewrite-file.ts";

export interface Rewritten {
  /** The new texts of the files that change. */
  readonly changed: Texts;
  /** The modules that they import now. */
  readonly modules: ReadonlySet<string>;
  /** The files that cannot be read, and where. */
  readonly unreadable: ReadonlyMap<string, number>;
}

/** Rewrites the files of a project, of which some may only use what others make. */
export function rewriteProject(
  texts: Texts,
  onProgress: (done: number, all: number) => void = () => {},
): Rewritten {
  const project = projectOf(texts);
  const changed = new Map<string, string>();
  const modules = new Set<string>();
  const unreadable = new Map<string, number>();
  for (const [index, file] of project.files.entries()) {
    onProgress(index + 1, project.files.length);
    if (file.unreadable !== undefined) {
      if (/redlock/i.test(file.text)) unreadable.set(file.path, file.unreadable);
      continue;
    }
    for (const module of rewritten(project, file)) modules.add(module);
    const text = file.result();
    if (text !== file.text) changed.set(file.path, text);
  }
  return { changed, modules, unreadable };
}

/** An error of ours names the file, so that it can be left out. */
function rewritten(project: Project, file: SourceFile): readonly string[] {
  try {
    return rewriteFile(project, file);
  } catch (cause) {
    throw new Error(`nothing is changed: ${file.path} cannot be rewritten`, { cause });
  }
}

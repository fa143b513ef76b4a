import { dirname, join, normalize } from "node:path";
import { Project } from "../kinds/project.ts";
import { SourceFile } from "../syntax/source-file.ts";

/** The texts of files, by path. */
export type Texts = ReadonlyMap<string, string>;

/** The files that may have to do with redlock: those that name it, and those that import one of these. */
export function projectOf(texts: Texts): Project {
  const project = new Project();
  const rest = new Map(texts);
  const take = (path: string, text: string) => {
    project.add(new SourceFile(path, text));
    rest.delete(path);
  };
  for (const [path, text] of texts) {
    if (/redlock/i.test(text)) take(path, text);
  }
  for (let taken = -1; taken !== rest.size; ) {
    taken = rest.size;
    const names = new Set(project.files.map((file) => nameOf(file.path)));
    for (const [path, text] of rest) if (importsOneOf(names, path, text)) take(path, text);
  }
  return project;
}

const EXTENSION = /\.[cm]?[jt]sx?$/;

/** By what a file is imported: its own name, or that of its folder. */
function nameOf(path: string): string {
  const bare = path.replace(EXTENSION, "");
  return (bare.endsWith("/index") ? dirname(bare) : bare).split("/").at(-1) ?? "";
}

function importsOneOf(names: ReadonlySet<string>, path: string, text: string): boolean {
  const specifiers = text.matchAll(/(?:from|import|require)\s*\(?\s*["']([^"'\n]+)["']/g);
  for (const [, specifier = ""] of specifiers) {
    const target = specifier.startsWith(".") ? normalize(join(dirname(path), specifier)) : specifier;
    if (names.has(nameOf(target))) return true;
  }
  return false;
}

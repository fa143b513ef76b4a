import { Project } from "../kinds/project.ts";
import { SourceFile } from "../syntax/source-file.ts";

/** The texts of files, by path. */
export type Texts = ReadonlyMap<string, string>;

/** What is done with a Redlock or a lock, or may pass them on to other files. */
const USES = /\.(acquire|lock|using|release|unlock|extend|quit|expiration|resources)\b|\bLock\b|\bexports?\b/;

/** The files that may have to do with redlock: those that name it, and those that use what these export. */
export function projectOf(texts: Texts): Project {
  const project = new Project();
  const rest = new Map<string, Candidate>();
  for (const [path, text] of texts) {
    if (/redlock/i.test(text)) project.add(new SourceFile(path, text));
    else if (USES.test(text)) rest.set(path, { text, specifiers: modulesIn(text) });
  }
  for (let known = -1; known !== rest.size; ) {
    known = rest.size;
    for (const [path, { text, specifiers }] of rest) {
      if (!specifiers.some((specifier) => project.resolve(specifier, path))) continue;
      project.add(new SourceFile(path, text));
      rest.delete(path);
    }
  }
  return project;
}

interface Candidate {
  readonly text: string;
  readonly specifiers: readonly string[];
}

/** What a file imports. */
export function modulesIn(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'`]([^"'`\n]+)["'`]/g);
  return [...found].map(([, specifier = ""]) => specifier);
}

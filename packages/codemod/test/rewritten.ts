import { rewriteProject } from "../src/redlock/rewrite-project.ts";

const HEAD = `import Redlock, { type Lock, ResourceLockedError } from "redlock";\n`;

/** What becomes of a program that imports redlock: without its imports. */
export function rewritten(program: string, path = "program.ts"): string {
  const text = rewriteProject(new Map([[path, HEAD + program]])).changed.get(path) ?? "";
  return text.replaceAll(/^import .* from .*\n/gm, "");
}

import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { glob } from "tinyglobby";
import { Failure, status } from "./status.ts";

const LEFT_OUT = ["node_modules", "dist", "build", "coverage"];
const EXTENSIONS = "{js,jsx,mjs,cjs,ts,tsx,mts,cts}";

/** The source files in folders, and files that are named themselves: absolute paths, sorted. */
export async function filesIn(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(filesOf));
  return [...new Set(found.flat())].sort();
}

async function filesOf(path: string): Promise<string[]> {
  const is = await stat(path).catch(() => undefined);
  if (!is) throw new Failure(status.usage, `there is no ${path}`);
  if (!is.isDirectory()) return [resolve(path)];
  const names = await glob(`**/*.${EXTENSIONS}`, {
    cwd: path,
    // What a link leads to may be outside of what was given.
    followSymbolicLinks: false,
    ignore: [...LEFT_OUT.map((name) => `**/${name}/**`), "**/*.d.ts"],
  });
  return names.map((name) => resolve(join(path, name)));
}

const BOM = "\uFEFF";

/** A source file: its text, without a byte order mark, which is its `head`. */
export interface Source {
  readonly head: string;
  readonly text: string;
  /** Whether it is UTF-8. What is not would be changed by being written. */
  readonly isUtf8: boolean;
}

export async function sourceAt(path: string): Promise<Source> {
  const bytes = await readFile(path);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const head = text.startsWith(BOM) ? BOM : "";
    return { head, text: text.slice(head.length), isUtf8: true };
  } catch {
    return { head: "", text: bytes.toString("latin1"), isUtf8: false };
  }
}

import { stat } from "node:fs/promises";
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
    ignore: [...LEFT_OUT.map((name) => `**/${name}/**`), "**/*.d.ts"],
  });
  return names.map((name) => resolve(join(path, name)));
}

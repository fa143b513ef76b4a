import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const HOME = fileURLToPath(new URL("..", import.meta.url));
const SHAPES = join(HOME, "test/shapes");

/** A way in which redlock is used: a folder with files before and after. */
export interface Shape {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** The program that starts, if it can be run: its path in the folder. */
  readonly main: string | undefined;
}

export const shapes: readonly Shape[] = readdirSync(SHAPES).map((name) => {
  const before = join(SHAPES, name, "before");
  const main = readdirSync(before).find((file) => file.startsWith("main."));
  return { name, before, after: join(SHAPES, name, "after"), main };
});

/** All files of a folder, by their paths in it. */
export function textsIn(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../src/", import.meta.url));

/** The files that a file imports, those that it takes only types from included. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/from "(\.[^"]+)"/g)].map(([, path = ""]) =>
    join(dirname(file), path),
  );

/** The way from a file back to one that led to it; undefined if there is none. */
function circleFrom(file: string, done: Set<string>, way: readonly string[] = []): string | undefined {
  if (way.includes(file)) return [...way.slice(way.indexOf(file)), file].join(" → ");
  if (done.has(file)) return undefined;
  for (const imported of importsOf(file)) {
    const circle = circleFrom(imported, done, [...way, file]);
    if (circle !== undefined) return circle;
  }
  done.add(file);
  return undefined;
}

it("no file imports itself by way of others", () => {
  const done = new Set<string>();
  const circles = globSync("**/*.ts", { cwd: root }).map((file) => circleFrom(file, done));
  expect(circles.filter((circle) => circle !== undefined)).toEqual([]);
  expect(done.size).toBeGreaterThan(80);
});

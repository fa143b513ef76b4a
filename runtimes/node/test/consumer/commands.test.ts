import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

// What pnpm does itself, or hands to a package.
const ofPnpm = ["exec", "pack", "install"];

it.each(["README.md", "CONTRIBUTING.md", "RELEASING.md"])("%s names commands that exist", (file) => {
  const named = [...read(file).matchAll(/(?:^|`)(?:npm|pnpm) (?:run )?([a-z][a-z:-]+)/gm)].map(
    ([, name = ""]) => name,
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => scripts[name] === undefined && !ofPnpm.includes(name))).toEqual([]);
});

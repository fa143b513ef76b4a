import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../root.ts";

// actionlint and zizmor see the rest: `pnpm lint:workflows`.
const files = globSync(".github/{workflows/*.yml,actions/*/action.yml}", { cwd: root });
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const { scripts, devDependencies } = JSON.parse(read("package.json")) as Record<
  "scripts" | "devDependencies",
  Record<string, string>
>;

it.each(files)("%s pins each action of others to a commit, and says which version that is", (file) => {
  const used = [...read(file).matchAll(/uses: (.*)$/gm)].map(([, action = ""]) => action);
  const isPinned = (action: string) =>
    action.startsWith("./") || /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((action) => !isPinned(action))).toEqual([]);
});

it("one action has one commit everywhere", () => {
  const used = files.flatMap((file) => [...read(file).matchAll(/uses: ([^@\s]+)@(.*)$/gm)]);
  const versions = Map.groupBy(used, ([, name = ""]) => name.split("/").slice(0, 2).join("/"));
  for (const [name, uses] of versions) expect(new Set(uses.map(([, , pin]) => pin)).size, name).toBe(1);
});

it("the workflows run scripts that exist", () => {
  const run = files.flatMap((file) => [
    ...read(file).matchAll(/(?:run: |script: |^ +)pnpm (?:run )?([a-z][a-z:-]+)/gm),
  ]);
  const names = run.map(([, name = ""]) => name).filter((name) => name !== "install" && name !== "exec");
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
});

it.each(files)(
  "%s runs our scripts through pnpm, which knows where the programs are that they run",
  (file) => {
    expect(read(file).match(/^.*(?<!pnpm exec )\bnode scripts\/.*$/gm)).toBeNull();
  },
);

it(".node-version is the Node that the workspace has", () => {
  expect(read(".node-version").trim()).toBe(devDependencies.node);
});

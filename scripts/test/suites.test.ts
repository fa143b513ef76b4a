import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { choose, findSuites, type Suite } from "../suites.ts";
import { makeWorkspace } from "./workspace.ts";

let workspace: ReturnType<typeof makeWorkspace>;
beforeAll(() => {
  workspace = makeWorkspace({
    plain: { test: "" },
    browser: { test: "", suite: { group: "workerd", needs: ["chromium"] } },
    none: {},
  });
});
afterAll(() => workspace.remove());

it("finds every package with a test script, and what its package.json says of it", () => {
  const folder = (name: string) => join(workspace.root, "packages", name);
  expect(findSuites(workspace.root)).toEqual([
    { package: "browser", folder: folder("browser"), group: "workerd", needs: ["chromium"] },
    { package: "plain", folder: folder("plain"), group: "node", needs: [] },
  ]);
});

it("finds a package that was not there before", () => {
  const folder = join(workspace.root, "packages/new");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "new", scripts: { test: "true" } }));
  expect(findSuites(workspace.root).map((suite) => suite.package)).toEqual(["browser", "new", "plain"]);
});

it("chooses by group or by name, and says what there is where a word is neither", () => {
  const suite = (name: string, group: string): Suite => ({ package: name, folder: "", group, needs: [] });
  const suites = [suite("@a/core", "node"), suite("@a/bun", "bun"), suite("@a/deno", "deno")];
  const namesOf = (...words: string[]) => choose(suites, words).map((each) => each.package);
  expect(namesOf("bun")).toEqual(["@a/bun"]);
  expect(namesOf("deno", "@a/core")).toEqual(["@a/core", "@a/deno"]);
  expect(() => namesOf("node", "bunn")).toThrow('"bunn" is neither a group of suites (bun, deno, node)');
});

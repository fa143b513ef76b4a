import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { mutations } from "../src/mutations.ts";
import type { Rule } from "../src/rule.ts";
import { fileOf, ruleTable } from "../src/rule-table.ts";
import { makeRules } from "../src/rules.ts";

const fileAt = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const rules = makeRules();

it("every rule has a name and a file of its own, and every file there is a rule's", async () => {
  const files = rules.map(({ name }) => fileOf(name));
  expect(files.toSorted()).toEqual(readdirSync(fileAt("../src/rules")).toSorted());
  for (const { name, promise } of rules) {
    const file = fileAt(`../src/rules/${fileOf(name)}`);
    const exported = Object.values((await import(/* @vite-ignore */ file)) as Record<string, unknown>);
    const made = exported.map((each) => (typeof each === "function" ? each() : each) as Rule);
    expect(made).toEqual([expect.objectContaining({ name, promise })]);
    expect(promise, name).toMatch(/^\S.*\.$/);
  }
});

it("every rule has a mutation that must break this rule and no other", () => {
  const alone = mutations.filter((mutation) => mutation.rules.length === 1).flatMap((each) => each.rules);
  expect(rules.map(({ name }) => name).filter((name) => !alone.includes(name))).toEqual([]);
});

it("every mutation names rules that there are", () => {
  const names: readonly string[] = rules.map(({ name }) => name);
  expect(mutations.filter((each) => each.rules.length === 0)).toEqual([]);
  expect(mutations.flatMap((each) => each.rules).filter((name) => !names.includes(name))).toEqual([]);
});

it("the README has the table of `pnpm simulate --rules`", () => {
  const readme = readFileSync(fileAt("../README.md"), "utf8");
  const rows = readme.split("\n").filter((line) => line.startsWith("| "));
  expect(rows.filter((row) => row.includes("src/rules/") || row.startsWith("| rule "))).toEqual(
    ruleTable()
      .split("\n")
      .filter((row) => !row.startsWith("| ---")),
  );
});

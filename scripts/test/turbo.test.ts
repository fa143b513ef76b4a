import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countOf, counts, failuresOf } from "../outcome.ts";
import { findSuites } from "../suites.ts";
import { type Run, runSuites } from "../turbo.ts";
import { makeWorkspace, reporting } from "./workspace.ts";

const hang =
  'for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {}); setInterval(() => {}, 1_000);';

describe("runSuites", () => {
  let workspace: ReturnType<typeof makeWorkspace>;
  let runs: ReadonlyMap<string, Run>;
  beforeAll(async () => {
    workspace = makeWorkspace({
      green: { test: reporting("passed", "skipped") },
      red: { test: `${reporting("passed", "failed")} process.exit(1);` },
      rejected: { test: `${reporting("passed")} process.exit(1);` },
      silent: { test: "" },
      "without-tests": { test: reporting("skipped") },
      killed: { test: `${reporting("passed")} process.kill(process.pid, "SIGKILL");` },
      // Its report is whole, and it does not end, whatever signal it gets.
      hung: { test: `${reporting("passed")} ${hang}` },
    });
    const all = await runSuites(workspace.root, findSuites(workspace.root), {
      silence: 20_000,
    });
    runs = new Map(all.map((run) => [run.suite.package, run]));
  });
  afterAll(() => workspace?.remove());

  const outcomeOf = (name: string) => {
    const { tests = [], seconds } = runs.get(name) ?? {};
    return [counts(tests), failuresOf(tests), seconds !== undefined];
  };

  it("has the tests of each report", () => {
    expect(outcomeOf("green")).toEqual(["1 passed, 0 failed, 1 skipped", [], true]);
    expect(outcomeOf("red")).toEqual(["1 passed, 1 failed, 0 skipped", ["1"], true]);
  });

  it.each([
    ["fails though none of its tests has", "rejected", "failed, and none of its tests"],
    ["leaves no report", "silent", "left no report"],
    ["has no test that passed", "without-tests", "failed, and none of its tests"],
    ["is killed", "killed", "failed, and none of its tests"],
  ])("counts a suite as failed that %s", (_, name, failure) => {
    const { tests = [], seconds } = runs.get(name) ?? {};
    expect(failuresOf(tests)).toEqual([failure]);
    expect(seconds).toBeDefined();
  });

  it("ends a suite that hangs, counts it as failed, and tells what the others did", () => {
    expect(outcomeOf("hung")).toEqual(["1 passed, 1 failed, 0 skipped", ["did not end by itself"], false]);
    expect(runs.size).toBe(7);
  });

  it("takes nothing from a run before", async () => {
    const suites = findSuites(workspace.root).filter((suite) => suite.package === "red");
    for (const { folder } of suites) rmSync(join(folder, "test.cjs"));
    const [run] = await runSuites(workspace.root, suites);
    expect(countOf(run?.tests ?? [], "passed")).toBe(0);
    expect(failuresOf(run?.tests ?? [])).toEqual(["left no report"]);
  });
});

it("takes no suite for green whose package could not be built", async () => {
  const workspace = makeWorkspace({
    green: { test: reporting("passed") },
    unbuilt: { test: reporting("passed"), build: 'console.log("no compiler"); process.exit(3);' },
  });
  try {
    const running = runSuites(workspace.root, findSuites(workspace.root), { output: "errors-only" });
    await expect(running).rejects.toThrow(/^unbuilt#build failed\n.*no compiler/s);
  } finally {
    workspace.remove();
  }
});

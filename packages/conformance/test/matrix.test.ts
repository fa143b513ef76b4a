import { describe, expect, it } from "vitest";
import type { Absence } from "../src/absences.ts";
import { groupOf } from "../src/group.ts";
import type { Harness } from "../src/harness.ts";
import { type Cell, cellsOf, matrixOf, type Test } from "../src/matrix.ts";
import { type Scope, scopes } from "../src/scopes.ts";

/** The tests of a group, as a report has them where all of them went as they should. */
function played(
  client: string,
  runtime: string,
  scope: Scope,
  lacks: NonNullable<Harness["lacks"]> = {},
): Test[] {
  const harness: Harness = { name: client, lacks, openNodes: () => Promise.reject(new Error("not played")) };
  const { title: group, tests } = groupOf(harness, { name: runtime, prove() {} }, { scope });
  return tests.map(({ title, isSkipped }) => ({
    path: ["around it", group, title],
    result: isSkipped ? "skipped" : "passed",
  }));
}

describe("cellsOf", () => {
  it("reads client, runtime, scope and the reasons of what was skipped from the titles", () => {
    const other: Test = { path: ["a test on its own"], result: "passed" };
    const lacks = { lua: "it has no Lua", subscribe: "it does not listen" };
    const tests = [
      ...played("a client on foot", "Node 1.2.3", "all", lacks),
      other,
      ...played("a client on foot", "Deno 4", "node cases"),
    ];
    expect(cellsOf(tests)).toEqual([
      {
        client: "a client on foot",
        runtime: "Node 1.2.3",
        scope: "all",
        reasons: ["it has no Lua", "it does not listen"],
      },
      { client: "a client on foot", runtime: "Deno 4", scope: "node cases", reasons: [] },
    ]);
  });

  it("claims nothing for a group that has not proven its runtime", () => {
    const [proof, ...rest] = played("client", "Node 1", "all");
    expect(cellsOf(rest)).toEqual([]);
    expect(cellsOf([{ path: proof?.path ?? [], result: "failed" }, ...rest])).toEqual([]);
  });

  it("throws where a case is missing, has failed, or was skipped without a word", () => {
    const tests = played("client", "Node 1", "all");
    expect(() => cellsOf(tests.slice(0, -1))).toThrow(
      /client on Node 1: its \d+ cases are those of no scope/,
    );
    const last = (result: Test["result"]): Test[] => [
      ...tests.slice(0, -1),
      { path: tests.at(-1)?.path ?? [], result },
    ];
    expect(() => cellsOf(last("failed"))).toThrow(/client on Node 1: failed: /);
    expect(() => cellsOf(last("skipped"))).toThrow(/client on Node 1: skipped without a reason: /);
  });

  it("can tell every scope from the others", () => {
    for (const scope of Object.keys(scopes) as Scope[])
      expect(cellsOf(played("client", "Node 1", scope))).toMatchObject([{ scope }]);
  });
});

describe("matrixOf", () => {
  const cell = (client: string, runtime: string, scope: Scope = "all", ...reasons: string[]): Cell => ({
    client,
    runtime,
    scope,
    reasons,
  });
  const cells = [
    cell("tcp 10", "Node 9"),
    cell("tcp 10", "Node 10", "node cases"),
    cell("tcp 9", "Node 9", "all", "it has no Lua", "it is slow"),
    cell("tcp 9 behind a proxy", "Node 9", "of one node", "it is slow"),
  ];
  const absence: Absence = { clients: ["tcp"], runtimes: ["Node 10"], reason: "it is too new" };

  it("has a row for each client, a column for each runtime, and notes for what is not there", () => {
    expect(matrixOf(cells, [absence])).toBe(
      [
        "|  | Node 9 | Node 10 |",
        "| --- | --- | --- |",
        "| tcp 9 | all <sup>1, 2</sup> | – <sup>3</sup> |",
        "| tcp 10 | all | node cases |",
        "",
        "|  | runtime | cases |",
        "| --- | --- | --- |",
        "| tcp 9 behind a proxy | Node 9 | of one node <sup>2</sup> |",
        "",
        "1. Some cases are skipped: it has no Lua.",
        "2. Some cases are skipped: it is slow.",
        "3. Not played: it is too new.",
      ].join("\n"),
    );
  });

  it("throws where a gap has no reason, a reason no gap, and a cell a twin", () => {
    expect(() => matrixOf(cells, [])).toThrow("tcp 9 on Node 10 was not played, and nothing says why");
    const useless: Absence = { clients: ["tcp 10"], runtimes: ["Node"], reason: "it is Tuesday" };
    expect(() => matrixOf(cells, [absence, useless])).toThrow('nothing is absent because "it is Tuesday"');
    expect(() => matrixOf([...cells, ...cells], [absence])).toThrow("tcp 9 on Node 9 was played twice");
  });
});

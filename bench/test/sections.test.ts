import { goProgram } from "@redsync/interop/go";
import { describe, expect, it } from "vitest";
import { type ContestantId, contestant, mayHang } from "../src/contestants.ts";
import { quick } from "../src/effort.ts";
import { machine } from "../src/machine.ts";
import { sections, type Table } from "../src/sections.ts";
import { workloads } from "../src/workloads.ts";

// Everything that `pnpm bench` measures, in a few short rounds: each row must be there, and nothing is said about its numbers.

const timeout = 10 * 60_000;

const go = await goProgram(quick.build);
const lack = "lack" in go ? go.lack : undefined;

const isGo = (id: ContestantId | undefined): boolean => id !== undefined && contestant(id).go !== undefined;

const measure = (id: string, wantsContestant: (id: ContestantId) => boolean = () => true) =>
  sections.find((section) => section.id === id)?.measure({ effort: quick, wantsContestant });

/** What is wrong with a table: a row without a number where there must be one, or text that is none. */
function complaints(id: string, { rows, text }: Table): string[] {
  const isLost = workloads.some((workload) => workload.id === id && workload.lost !== undefined);
  const unmeasured = rows
    .filter(({ contestant }) => lack === undefined || !isGo(contestant))
    .filter(({ contestant }) => !(isLost && contestant !== undefined && mayHang(contestant)))
    .filter(({ measured, failure }) => failure !== undefined || !(Number(measured) > 0))
    .map(({ title, failure = "not measured" }) => `${title}: ${failure}`);
  return [...unmeasured, ...(text.match(/NaN|undefined|Infinity/g) ?? [])];
}

describe.concurrent("measures", () => {
  it.each(sections.map(({ id }) => id))("%s", { timeout }, async (id) => {
    const table = (await measure(id)) as Table;
    expect(complaints(id, table)).toEqual([]);
    expect(table.rows.length).toBeGreaterThan(4);
    expect(table.text.split("\n").filter((line) => line.startsWith("| ")).length).toBe(table.rows.length + 2);
  });

  it("on which machine", { timeout }, async () => {
    expect(await machine(quick)).toMatch(/^\d{4}-\d\d-\d\d: .+ cores?, .+Node \d.+Redis \d[\d.]+\.$/);
  });

  it.skipIf(lack !== undefined)(
    `go-redsync${lack === undefined ? "" : ` [skipped: ${lack}]`}`,
    { timeout },
    async () => {
      const { rows } = (await measure("sequential-3", isGo)) as Table;
      const inGo = rows.filter(({ contestant }) => isGo(contestant));
      expect(inGo.map(({ title }) => title)).toEqual([
        "go-redsync",
        "go-redsync-fail-fast",
        "go-redsync-rueidis",
      ]);
      for (const { measured } of inGo) expect(measured).toBeGreaterThan(0);
    },
  );
});

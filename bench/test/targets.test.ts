import { describe, expect, it } from "vitest";
import { contestantsOn } from "../src/contestants.ts";
import { floorsOf } from "../src/floors.ts";
import { targetTable } from "../src/targets.ts";
import { atLeast, atMost, bytes, ratio } from "../src/verdict.ts";
import { workloads } from "../src/workloads.ts";

describe("a target", () => {
  it("is met at its limit, and missed by what lacks", () => {
    expect(atLeast(0.95, 0.95, ratio)).toEqual({ target: "≥ 0.95", outcome: "met" });
    expect(atLeast(0.95, 0.9, ratio)).toEqual({ target: "≥ 0.95", outcome: "missed by 0.050" });
    expect(atMost(14_000, 14_000, bytes)).toEqual({ target: "≤ 14,000", outcome: "met" });
    expect(atMost(14_000, 15_234, bytes)).toEqual({ target: "≤ 14,000", outcome: "missed by 1,234" });
    expect(atMost(1.2, undefined, ratio)).toEqual({ target: "≤ 1.20", outcome: "not measured" });
  });

  it("has a line, also if it is only a figure", () => {
    expect(targetTable([{ what: "Commands a pair", measured: "2.00", beside: "by hand 4.00" }])).toBe(
      [
        "### Targets\n",
        "|                 | target | measured | verdict |    beside it |",
        "| --------------- | -----: | -------: | ------: | -----------: |",
        "| Commands a pair |        |     2.00 |         | by hand 4.00 |\n",
      ].join("\n"),
    );
    expect(targetTable([])).toBe("");
  });
});

describe("everybody is compared with what runs beside it", () => {
  it.each(workloads.map((workload) => [workload.id, workload] as const))("%s", (_, workload) => {
    const floors = workload.entrants.map((id) => floorsOf(id, workload));
    for (const { plain, autoPipelining = plain } of floors) {
      expect(workload.entrants).toContain(plain);
      expect(workload.entrants).toContain(autoPipelining);
    }
  });

  it("at quorum with what returns at quorum, unless nodes are lost", () => {
    const [sequential] = workloads.filter(({ id }) => id === "sequential-3");
    const [stopped] = workloads.filter(({ id }) => id === "stopped-5");
    if (sequential === undefined || stopped === undefined) throw new Error("there is no such workload");
    expect(floorsOf("redsync", sequential).plain).toBe("by-hand-quorum");
    expect(floorsOf("redis-semaphore", sequential).plain).toBe("by-hand");
    for (const id of contestantsOn(5)) expect(floorsOf(id, stopped).plain).toBe("by-hand-quorum");
  });
});

import { describe, expect, it } from "vitest";
import { explainedOf } from "../outcome.ts";

describe("explainedOf", () => {
  it("says what failed, and why where that is known", () => {
    const tests = [
      { path: ["a", "passes"], result: "passed" },
      { path: ["a", "fails"], result: "failed", why: "Error: no\n\n  at one.ts:2" },
      { path: ["b"], result: "failed" },
    ] as const;
    expect(explainedOf(tests, "suite > ")).toEqual([
      "suite > a > fails",
      "    Error: no",
      "      at one.ts:2",
      "suite > b",
    ]);
  });

  it("cuts what is long", () => {
    const why = Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n");
    expect(explainedOf([{ path: ["a"], result: "failed", why }]).length).toBe(1 + 12);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readArguments } from "../src/arguments.ts";
import { withMeasured, withSome } from "../src/readme.ts";
import { sections } from "../src/sections.ts";
import { type Target, targetTable } from "../src/targets.ts";

describe("pnpm bench --write", () => {
  it("owns everything below the heading, and nothing above it", () => {
    const before = "# Benchmark\n\nWhy.\n\n## Measured\n\nBy hand.\n\n### Old\n\n| 1 |\n\nMore by hand.\n";
    const after = "# Benchmark\n\nWhy.\n\n## Measured\n\nToday.\n\n### New\n";
    expect(withMeasured(before, "Today.\n\n### New\n\n")).toBe(after);
    expect(withMeasured(after, "Today.\n\n### New\n")).toBe(after);
  });

  it("finds the heading in the README, which is its last", () => {
    const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    expect(withMeasured(text, "Today.")).toMatch(/\n## Measured\n\nToday\.\n$/);
    expect(text.lastIndexOf("\n## ")).toBe(text.indexOf("\n## Measured\n"));
  });

  it("has a README that names every section", () => {
    const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    for (const { id } of sections) expect(text).toContain(`\`${id}\``);
  });

  it("puts some tables in the place of their own, and says when they were measured", () => {
    const targets = [
      { what: "A", target: "≥ 1", measured: "2", outcome: "met" },
      { what: "B", target: "≥ 1", measured: "0", outcome: "missed by 1" },
    ];
    const before = withMeasured(
      "# Benchmark\n\n## Measured\n",
      `Then.\n\n${targetTable(targets)}\n### One\n\n| 1 |\n\n### Two\n\n| 2 |\n`,
    );
    const fresh = { what: "B", target: "≥ 1", measured: "1", outcome: "met" };
    const other = { ...fresh, what: "C" };
    const after = withSome(
      before,
      "Now.\n",
      [fresh, other],
      ["### One\n\n| one |\n", "### Three\n\n| 3 |\n"],
    );
    const apart = "Measured apart from the others. Now.";
    expect(after).toBe(
      withMeasured(
        before,
        [
          `Then.\n\n${targetTable([targets[0] as Target, fresh, other])}`,
          `### One\n\n| one |\n\n${apart}\n`,
          "### Two\n\n| 2 |\n",
          `### Three\n\n| 3 |\n\n${apart}\n`,
        ].join("\n"),
      ),
    );
    expect(withSome(after, "Now.\n", [fresh, other], ["### One\n\n| one |\n"])).toBe(after);
  });

  it("refuses to replace tables by parts of them", () => {
    for (const some of [["--quick"], ["--contestant", "redlock"]])
      expect(() => readArguments(["--write", ...some])).toThrow(/^--write replaces whole tables/);
    expect(readArguments(["--write"])?.write).toBe("all");
    expect(readArguments(["--write", "--only", "size"])?.write).toBe("some");
  });
});

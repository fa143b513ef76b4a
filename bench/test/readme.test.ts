import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readArguments } from "../src/arguments.ts";
import { withMeasured } from "../src/readme.ts";
import { sections } from "../src/sections.ts";

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

  it("refuses to replace all tables by some", () => {
    for (const some of [["--quick"], ["--only", "size"], ["--contestant", "redlock"]])
      expect(() => readArguments(["--write", ...some])).toThrow(/^--write replaces all tables/);
    expect(readArguments(["--write"])?.write).toBe(true);
  });
});

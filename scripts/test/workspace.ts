import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { packageManager } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** What a package of the workspace below is made of. */
export interface Package {
  /** What its `test` script runs, as a CommonJS module; without it there is no such script. */
  readonly test?: string;
  /** The same of its `build` script. */
  readonly build?: string;
  readonly suite?: object;
}

/** A small workspace in a folder of its own, in which turbo runs. */
export function makeWorkspace(packages: Readonly<Record<string, Package>>): { root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), "workspace-"));
  const write = (file: string, content: string | object) =>
    writeFileSync(join(root, file), typeof content === "string" ? content : JSON.stringify(content));
  write("package.json", { name: "workspace", private: true, packageManager });
  write("pnpm-workspace.yaml", "packages:\n  - packages/*\npmOnFail: ignore\n");
  write("turbo.json", {
    envMode: "loose",
    tasks: { build: {}, test: { dependsOn: ["build"], cache: false } },
  });
  const importers = [".", ...Object.keys(packages).map((name) => `packages/${name}`)];
  write(
    "pnpm-lock.yaml",
    ['lockfileVersion: "9.0"', "importers:", ...importers.map((each) => `  ${each}: {}`)].join("\n"),
  );
  for (const [name, { test, build, suite }] of Object.entries(packages)) {
    mkdirSync(join(root, "packages", name), { recursive: true });
    const scripts = {
      ...(test !== undefined && { test: "node test.cjs" }),
      ...(build !== undefined && { build: "node build.cjs" }),
    };
    write(`packages/${name}/package.json`, { name, scripts, suite });
    write(`packages/${name}/test.cjs`, test ?? "");
    write(`packages/${name}/build.cjs`, build ?? "");
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Writes a report with tests of these results, named by their number. */
export function reporting(...results: readonly ("passed" | "failed" | "skipped")[]): string {
  const inner = { passed: "", failed: "<failure/>", skipped: "<skipped/>" };
  const cases = results.map((result, index) => `<testcase name="${index}">${inner[result]}</testcase>`);
  const report = `<testsuites><testsuite name="x.ts">${cases.join("")}</testsuite></testsuites>`;
  return `require("node:fs").writeFileSync("junit.xml", ${JSON.stringify(report)});`;
}

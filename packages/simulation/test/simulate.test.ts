import { describe, expect, it } from "vitest";
import { simulate } from "../src/simulate.ts";

async function run(...args: string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await simulate(args, {
    write: (line) => lines.push(line),
    complain: (line) => complaints.push(line),
  });
  return { code, lines, complaint: complaints.join("\n") };
}

const BROKEN = ["--mutation", "a renewal whose timer stays"];

describe("pnpm simulate", () => {
  it("says of one seed that it keeps every rule", async () => {
    const { code, lines } = await run("--seed", "5");
    expect(lines).toEqual([expect.stringMatching(/^seed 5 keeps every rule, in \d+ steps$/)]);
    expect(code).toBe(0);
  });

  it("shows with --trace what happens, by whom and when", async () => {
    const { lines } = await run("--seed", "5", "--trace");
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.slice(0, -1).filter((line) => !/^ +\d+\.\d\d ms {2}\S/.test(line))).toEqual([]);
    expect(lines).toContainEqual(
      expect.stringMatching(/process 0 → node 0: EVAL acquire name-0 v1: run: 1$/),
    );
  });

  it("says how far it is with many seeds", async () => {
    const { code, lines } = await run("--seeds", "20");
    expect(lines[0]).toBe("2 of 20 schedules");
    expect(lines.at(-1)).toMatch(/^20 schedules keep every rule, in \d+ steps$/);
    expect(code).toBe(0);
  });

  it("begins with the seed that it is told", async () => {
    const { lines } = await run("--seeds", "2", "--from", "5");
    const alone = await Promise.all([run("--seed", "5"), run("--seed", "6")]);
    const steps = alone.map(({ lines }) => Number(/(\d+) steps/.exec(lines[0] ?? "")?.[1]));
    const sum = steps.reduce((one, other) => one + other);
    expect(lines.at(-1)).toBe(`2 schedules keep every rule, in ${sum} steps`);
  });

  it("shows a violation: its rule, the promise, the trace's end, and how to see all of it", async () => {
    const { code, lines } = await run("--seeds", "3000", ...BROKEN);
    const [, seed] = /seed (\d+) breaks the rule "(?:no timer left|nothing sent after unlock)"/.exec(
      lines.join("\n"),
    ) ?? [undefined, "none"];
    expect(lines.filter((line) => line.includes(" ms  ")).length).toBeGreaterThan(10);
    expect(lines).toContainEqual(expect.stringMatching(/^the promise: \S/));
    expect(lines.at(-1)).toBe(
      `all of it: pnpm simulate --seed ${seed} --trace --mutation ${JSON.stringify(BROKEN[1])}`,
    );
    expect(code).toBe(1);
  });

  it("prints its usage, and the rules", async () => {
    expect((await run("--help")).lines.join()).toContain("pnpm simulate --seeds N");
    expect((await run("--rules")).lines.join()).toContain("| one holder |");
  });
});

describe("an option that is wrong is refused, with the usage", () => {
  it.each([
    [[], "--seed or --seeds is missing"],
    [["--sed", "1"], "Unknown option '--sed'"],
    [["7"], "Unexpected argument '7'"],
    [["--seed"], "'--seed <value>' argument missing"],
    [["--seed", "1.5"], '--seed must be a whole number from 0 to 4294967295, not "1.5"'],
    [["--seed", "4294967296"], "--seed must be a whole number"],
    [["--seeds", "0"], '--seeds must be a whole number from 1 to 4294967295, not "0"'],
    [["--seed", "1", "--seeds", "2"], "either --seed or --seeds, not both"],
    [["--from", "2"], "--from needs --seeds"],
    [["--seeds", "2", "--from", "x"], '--from must be a whole number from 0 to 4294967295, not "x"'],
    [["--seeds", "2", "--trace"], "--trace needs the one schedule of a --seed"],
    [["--seed", "1", "--mutation", "none"], 'no mutation has the title "none"'],
  ])("%j: %s", async (args, complaint) => {
    const refused = await run(...args);
    expect(refused.complaint).toContain(complaint);
    expect(refused.complaint).toContain("pnpm simulate --seed N");
    expect(refused).toMatchObject({ code: 2, lines: [] });
  });
});

import { expect, it } from "vitest";
import { counts } from "../outcome.ts";
import { linesOf, Score } from "../score.ts";

const suite = { package: "a", folder: "", group: "node", needs: [] };

it("says what failed how often, the worst first", () => {
  const score = new Score();
  const add = (...names: string[]) =>
    score.add([
      {
        suite,
        seconds: 1,
        tests: ["one", "two", "three"].map((name) => ({
          path: ["group", name],
          result: names.includes(name) ? "failed" : "passed",
        })),
      },
    ]);
  expect(add()).toEqual([]);
  expect(linesOf(score, 1)).toEqual(["Nothing failed in 1 rounds."]);
  expect(add("one", "two")).toEqual(["a > group > one", "a > group > two"]);
  add("two");
  expect(linesOf(score, 3)).toEqual([
    "Failed in 3 rounds:",
    "  2 of 3  a > group > two",
    "  1 of 3  a > group > one",
  ]);
  expect(counts(score.tests)).toBe("6 passed, 3 failed, 0 skipped");
});

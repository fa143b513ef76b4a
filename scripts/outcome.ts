import type { Test } from "@redsync/conformance/matrix";

/** What stands for something that failed and is no test. */
export const failure = (name: string): Test => ({ path: [name], result: "failed" });

export const countOf = (tests: readonly Test[], wanted: Test["result"]): number =>
  tests.filter(({ result }) => result === wanted).length;

export const counts = (tests: readonly Test[]): string =>
  (["passed", "failed", "skipped"] as const).map((each) => `${countOf(tests, each)} ${each}`).join(", ");

/** What failed, by name. */
export const failuresOf = (tests: readonly Test[]): string[] =>
  tests.filter(({ result }) => result === "failed").map(({ path }) => path.join(" > "));

/** The lines of an explanation that are of use to somebody who has nothing but the end of a log. */
const MOST_LINES = 12;

/** What failed, by name, and under it why. */
export const explainedOf = (tests: readonly Test[], owner = ""): string[] =>
  tests
    .filter(({ result }) => result === "failed")
    .flatMap(({ path, why = "" }) => [
      owner + path.join(" > "),
      ...why
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(0, MOST_LINES)
        .map((line) => `    ${line}`),
    ]);

/** What was skipped, by group and reason; by name where the name gives no reason. */
export function skipsOf(tests: readonly Test[]): string[] {
  const counts = new Map<string, number>();
  for (const { path, result } of tests) {
    if (result !== "skipped") continue;
    const [, reason] = / \[skipped: (.*)\]$/s.exec(path.at(-1) ?? "") ?? [];
    const what = reason === undefined ? path.join(" > ") : `${path.slice(0, -1).join(" > ")}: ${reason}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => (count === 1 ? what : `${what} (${count} tests)`));
}

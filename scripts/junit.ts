import type { Test } from "@redsync/conformance/matrix";

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
};
const plain = (text: string) =>
  text.replaceAll(/&([a-z]+|#39);/g, (entity, name) => entities[name] ?? entity);

/** The tests of a JUnit report: what vitest, Bun, Deno and Node's own runner can all write. */
export function testsOf(report: string): Test[] {
  const suites: string[] = [];
  const tests: { path: string[]; result: Test["result"] }[] = [];
  for (const [tag, end, kind, attributes = ""] of report.matchAll(
    /<(\/?)(testsuite|testcase|failure|error|skipped)\b((?:[^>"]|"[^"]*")*)>/g,
  )) {
    const test = tests.at(-1);
    if (kind === "testsuite" && end) suites.pop();
    else if (end) continue;
    else if (kind === "testsuite" && !tag.endsWith("/>")) suites.push(nameOf(attributes));
    else if (kind === "testcase") tests.push({ path: pathOf(suites, nameOf(attributes)), result: "passed" });
    else if (test !== undefined && kind === "skipped") test.result = "skipped";
    else if (test !== undefined && kind !== "testsuite") test.result = "failed";
  }
  return tests;
}

function nameOf(attributes: string): string {
  const [, name = ""] = /\bname="([^"]*)"/.exec(attributes) ?? [];
  return plain(name);
}

// Bun and Node have a suite for each group; the other two, whose suites are files, put the groups before the test.
function pathOf(suites: readonly string[], name: string): string[] {
  return [...suites.filter((suite) => !suite.endsWith(".ts")), ...name.split(" > ")];
}

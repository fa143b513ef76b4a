/** What became of a suite's tests. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: string[];
}

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

/** Counts the tests of a JUnit report: what vitest, Bun and Deno can all write. */
export function count(report: string): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: [] };
  for (const [, attributes = "", content = ""] of report.matchAll(
    /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>(.*?)<\/testcase>)/gs,
  )) {
    if (/<(failure|error)\b/.test(content)) tally.failed++;
    else if (/<skipped\b/.test(content)) tally.skipped.push(titleOf(attributes));
    else tally.passed++;
  }
  return tally;
}

// Bun names the group in `classname`, where the other two have the file and put the group before the test.
function titleOf(attributes: string): string {
  const [, name = ""] = /\bname="([^"]*)"/.exec(attributes) ?? [];
  const [, group = ""] = /\bclassname="([^"]*)"/.exec(attributes) ?? [];
  return plain(group === "" || /\.ts$/.test(group) ? name : `${group} > ${name}`);
}

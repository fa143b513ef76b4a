import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "@redsync/conformance/matrix";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { Suite } from "./suites.ts";

/** A `<failure>` or an `<error>`: its text alone, unless it has attributes. There may be several; of Node's it is the message. */
type Complaint = string | { readonly message?: string; readonly "#text"?: string } | readonly Complaint[];

/** A `<testsuite>`, which may be empty text, or a `<testcase>`. */
interface Element {
  readonly name?: string;
  readonly testsuite?: readonly Element[];
  readonly testcase?: readonly Element[];
  readonly failure?: Complaint;
  readonly error?: Complaint;
  readonly skipped?: unknown;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false,
  parseTagValue: false,
  htmlEntities: true,
  isArray: (tag) => tag === "testsuite" || tag === "testcase",
});

/** The tests of a JUnit report: what vitest, Bun, Deno and Node's own runner can all write. Throws if it was not finished. */
export function testsOf(report: string): Test[] {
  const flaw = XMLValidator.validate(report);
  if (flaw !== true) throw new Error(`not a whole report: ${flaw.err.msg} (line ${flaw.err.line})`);
  const { testsuites } = parser.parse(report) as { testsuites?: Element };
  return testsuites === undefined ? [] : testsIn(testsuites, []);
}

function testsIn({ testsuite = [], testcase = [] }: Element, suites: readonly string[]): Test[] {
  return [
    ...testcase.map((test): Test => {
      const why = whyOf(test.failure ?? test.error);
      return { path: pathOf(suites, test.name), result: resultOf(test), ...(why && { why }) };
    }),
    ...testsuite.flatMap((suite) => testsIn(suite, [...suites, suite.name ?? ""])),
  ];
}

function resultOf(test: Element): Test["result"] {
  if ("failure" in test || "error" in test) return "failed";
  return "skipped" in test ? "skipped" : "passed";
}

/** The text, which says where, or else the message. */
function whyOf(complaint: Complaint = ""): string {
  if (typeof complaint === "string") return complaint.trim();
  if ("length" in complaint) return whyOf(complaint[0]);
  return (complaint["#text"] ?? complaint.message ?? "").trim();
}

// Bun and Node have a suite for each group; the other two, whose suites are files, put the groups before the test.
function pathOf(suites: readonly string[], name = ""): string[] {
  return [...suites.filter((suite) => !suite.endsWith(".ts")), ...name.split(" > ")];
}

/** The report that a suite's last run has left; undefined if there is none, or only a part of one. */
export function reportOf({ folder }: Suite): Test[] | undefined {
  try {
    return testsOf(readFileSync(join(folder, "junit.xml"), "utf8"));
  } catch {
    return undefined;
  }
}

import { describe, expect, it } from "vitest";
import { testsOf } from "../reports.ts";

const group = "client on Runtime 1";

describe("testsOf", () => {
  it("reads what vitest writes", () => {
    const report = `<?xml version="1.0" encoding="UTF-8" ?>
<testsuites name="vitest tests" tests="3" failures="1" errors="0" time="0.9">
    <testsuite name="test/clients/one.test.ts" timestamp="t" hostname="h" tests="3" failures="1" errors="0" skipped="1" time="0.8">
        <testcase classname="test/clients/one.test.ts" name="${group} &gt; &quot;a&quot; &amp; &apos;b&apos; &lt;c&gt;" time="0.1">
        </testcase>
        <testcase classname="test/clients/one.test.ts" name="${group} &gt; fails" time="0.1">
            <failure message="expected 1 to be 2" type="AssertionError">
AssertionError: &lt;testcase name="no test"&gt;
            </failure>
        </testcase>
        <testcase classname="test/clients/one.test.ts" name="${group} &gt; waits [skipped: no Lua]" time="0">
            <skipped/>
        </testcase>
    </testsuite>
</testsuites>`;
    expect(testsOf(report)).toEqual([
      { path: [group, `"a" & 'b' <c>`], result: "passed" },
      { path: [group, "fails"], result: "failed", why: 'AssertionError: <testcase name="no test">' },
      { path: [group, "waits [skipped: no Lua]"], result: "skipped" },
    ]);
  });

  it("reads what Bun writes", () => {
    const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="3" assertions="0" failures="1" skipped="1" time="1.1">
  <testsuite name="test/one.test.ts" file="test/one.test.ts" tests="3" time="1.1" hostname="h">
    <testsuite name="${group}" file="test/one.test.ts" line="2" tests="3" time="2" hostname="h">
      <testcase name="passes" classname="${group}" time="0.2" file="test/one.test.ts" line="6" assertions="0" />
      <testcase name="fails" classname="${group}" time="0.2" file="test/one.test.ts" line="7" assertions="0">
        <failure type="AssertionError" />
      </testcase>
      <testcase name="waits" classname="${group}" time="0" file="test/one.test.ts" line="8" assertions="0">
        <skipped />
      </testcase>
    </testsuite>
  </testsuite>
</testsuites>`;
    expect(testsOf(report)).toEqual([
      { path: [group, "passes"], result: "passed" },
      { path: [group, "fails"], result: "failed" },
      { path: [group, "waits"], result: "skipped" },
    ]);
  });

  it("reads what Deno writes", () => {
    const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="2" failures="1" errors="0" time="1.884">
    <testsuite name="./test/one.test.ts" tests="2" disabled="0" errors="0" failures="1">
        <testcase name="${group} &gt; passes" classname="./test/one.test.ts" time="1.2" line="2" col="1">
        </testcase>
        <testcase name="${group} &gt; fails" classname="./test/one.test.ts" time="0.2" line="4" col="6">
            <failure message="Uncaught Error: no">Error: no</failure>
        </testcase>
    </testsuite>
</testsuites>`;
    expect(testsOf(report)).toEqual([
      { path: [group, "passes"], result: "passed" },
      { path: [group, "fails"], result: "failed", why: "Error: no" },
    ]);
  });

  it("reads what Node's own runner writes", () => {
    const report = `<?xml version="1.0" encoding="utf-8"?>
<testsuites>
	<testsuite name="a client" time="0.9" disabled="0" errors="0" tests="2" failures="0" skipped="1" hostname="h">
		<testsuite name="${group}" time="0.4" disabled="0" errors="0" tests="2" failures="0" skipped="1" hostname="h">
			<testcase name="passes" time="0.2" classname="test"/>
			<testcase name="waits" time="0.0" classname="test">
				<skipped type="skipped" message="true"/>
			</testcase>
		</testsuite>
	</testsuite>
	<testcase name="fails" time="0.0" classname="test" failure="x &amp; &lt;y>">
		<failure type="testCodeFailure" message="x &amp; &lt;y>">
[Error [ERR_TEST_FAILURE]: x &amp; &lt;y>]
		</failure>
	</testcase>
	<!-- tests 3 -->
</testsuites>`;
    expect(testsOf(report)).toEqual([
      { path: ["fails"], result: "failed", why: "x & <y>" },
      { path: ["a client", group, "passes"], result: "passed" },
      { path: ["a client", group, "waits"], result: "skipped" },
    ]);
  });

  it("reads as many tests as there are, whatever their names", () => {
    const cases = Array.from(
      { length: 5_000 },
      (_, index) => `<testcase name="a &gt; &apos;${index}&apos; &#10;"/>`,
    );
    const tests = testsOf(`<testsuites><testsuite name="x.ts">${cases.join("")}</testsuite></testsuites>`);
    expect(tests.length).toBe(5_000);
    expect(tests[4_999]).toEqual({ path: ["a", "'4999' \n"], result: "passed" });
  });

  it("takes a number for text, and the first reason of several, or the message where there is no text", () => {
    const failed = (name: string, reasons: string) => `<testcase name="${name}">${reasons}</testcase>`;
    const reasons = ["<failure>42</failure>", '<failure message="m"/>', "<error>1</error><error>2</error>"];
    const report = `<testsuites><testsuite name="x.ts">${reasons.map((each, at) => failed(`${at}`, each)).join("")}</testsuite></testsuites>`;
    expect(testsOf(report).map(({ result, why }) => [result, why])).toEqual([
      ["failed", "42"],
      ["failed", "m"],
      ["failed", "1"],
    ]);
  });

  it("has no tests where there are none, and throws where the report was cut off", () => {
    expect(testsOf('<testsuites name="bun test" tests="0"></testsuites>')).toEqual([]);
    expect(testsOf('<?xml version="1.0"?>\n<testsuites name="x"/>')).toEqual([]);
    for (const part of ["", '<?xml version="1.0"?>\n<testsuites>', "<testsuites><testsuite name='a'>"]) {
      expect(() => testsOf(part)).toThrow("not a whole report");
    }
  });
});

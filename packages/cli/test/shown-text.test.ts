import { expect, it } from "vitest";
import { nameText, plain, quoted } from "../src/shown-text.ts";

it.each([
  ["job:42", "job:42"],
  ["счёт:1🔒", "счёт:1🔒"],
  ["a{b}c", "a{b}c"],
  ["two words", '"two words"'],
  ["line\nfeed", '"line\\nfeed"'],
  ["line\\nfeed", '"line\\\\nfeed"'],
  ['"quoted"', '"\\"quoted\\""'],
  ["clear\u001b[2J", '"clear\\u001b[2J"'],
  ["delete\u007f", '"delete\\u007f"'],
  ["c1\u009b2J", '"c1\\u009b2J"'],
  ["turned\u202ename", '"turned\\u202ename"'],
  ["tag\u{e0041}", '"tag\\udb40\\udc41"'],
  ["", '""'],
])("the name %j is shown as %s", (name, shown) => {
  expect(nameText(name)).toBe(shown);
  if (shown.startsWith('"')) expect(JSON.parse(shown)).toBe(name);
});

it("no name looks like a line of its own, or like what stands behind another", () => {
  const forged = "job  held by web-1:42, 9.0 s left\njob:2";
  expect(nameText(forged)).toBe('"job  held by web-1:42, 9.0 s left\\njob:2"');
  expect(quoted("job")).toBe('"job"');
});

it("other text stays on its line", () => {
  expect(plain("what a server says \u001b[2J\r\n")).toBe("what a server says \\u001b[2J\\u000d\\u000a");
});

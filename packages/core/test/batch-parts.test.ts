import { expect, it } from "vitest";
import { byName, parts } from "../src/batch-parts.ts";
import { evalText, type ScriptQuestion } from "../src/commands.ts";
import { script } from "../src/script.ts";

const KB_64 = 64 * 1024;

function question(name: string, asked: Partial<ScriptQuestion> = {}): ScriptQuestion {
  return {
    name,
    value: "v".repeat(24),
    operation: "acquire",
    expiry: "8000",
    fence: undefined,
    token: undefined,
    retention: "604800000",
    queue: undefined,
    entry: "",
    ...asked,
  };
}

const several = (count: number, asked: Partial<ScriptQuestion> = {}) =>
  Array.from({ length: count }, (_, index) => question(`name ${index}`, asked));

/** How many bytes a command has beside the script. */
const sizeOf = (questions: readonly ScriptQuestion[]): number =>
  evalText(questions)
    .filter((text) => text !== script.lua)
    .reduce((bytes, text) => bytes + Buffer.byteLength(`$${text.length}\r\n${text}\r\n`), 0);

it("byName keeps the questions of a name together, in order, by the name that came first", () => {
  const [a, b, c] = [question("a"), question("b"), question("a", { operation: "release" })];
  expect(byName([a, b, c])).toEqual([[a, c], [b]]);
  expect(byName([])).toEqual([]);
});

it("100 questions are one part, which is the list itself, and 101 are two", () => {
  const hundred = several(100);
  expect(parts(hundred)).toEqual([hundred]);
  expect(parts(hundred)[0]).toBe(hundred);
  expect(parts(several(101)).map(({ length }) => length)).toEqual([100, 1]);
  expect(parts(several(250)).map(({ length }) => length)).toEqual([100, 100, 50]);
});

it.each([
  ["plain", "x", {}],
  ["of three bytes a character", "✓", {}],
  ["of surrogates, four bytes for two characters", "🔒", {}],
  ["fenced", "x", { fence: "{x}:fence", token: 9_007_199_254_740_000 }],
  ["waited for", "x", { queue: `{${"x".repeat(1_000)}}:queue`, entry: `1 2 ~c:1:2:${"x".repeat(1_000)}` }],
])("no part with several questions is larger than 64 kB: names that are %s", (_, letter, asked) => {
  const questions = Array.from({ length: 90 }, (_, index) =>
    question(`${letter.repeat(1_000)}${index}`, asked),
  );
  const all = parts(questions);
  expect(all.length).toBeGreaterThan(1);
  expect(all.flat()).toEqual(questions);
  for (const part of all) expect(sizeOf(part)).toBeLessThanOrEqual(KB_64);
});

it("what is larger by itself goes alone, and an empty part never", () => {
  const large = question("x".repeat(KB_64));
  expect(parts([large])).toEqual([[large]]);
  expect(parts([large, large])).toEqual([[large], [large]]);
  const small = question("small");
  expect(parts([small, large, small])).toEqual([[small], [large], [small]]);
});

it("what follows a release of its name goes with it, also into a part that is full", () => {
  const release = question("a", { operation: "release" });
  const acquire = question("a");
  const rest = several(99);
  const [first = [], second = []] = parts([release, ...rest, acquire, question("last")]);
  expect(first).toEqual([release, ...rest, acquire]);
  expect(second).toEqual([question("last")]);
});

it("what comes before a release of its name may be in an earlier part, in order", () => {
  const acquire = question("a");
  const release = question("a", { operation: "release" });
  const all = parts([acquire, ...several(99), release, question("a")]);
  expect(all.map(({ length }) => length)).toEqual([100, 2]);
  expect(all[1]).toEqual([release, question("a")]);
});

it("every question is in one part, once, whatever is asked", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const questions = Array.from({ length: 37 * (seed % 9) + seed }, (_, index) =>
      question(`${index % (seed + 3)}`.repeat(1 + ((index * seed) % 900)), {
        operation: (index * seed) % 5 === 0 ? "release" : "acquire",
        expiry: `${index}`,
      }),
    );
    const all = parts(questions);
    expect(all.every(({ length }) => length > 0)).toBe(questions.length > 0);
    expect(new Set(all.flat())).toEqual(new Set(questions));
    expect(all.flat()).toHaveLength(questions.length);
    for (const part of all)
      expect([...part].sort((one, other) => questions.indexOf(one) - questions.indexOf(other))).toEqual(part);
  }
});

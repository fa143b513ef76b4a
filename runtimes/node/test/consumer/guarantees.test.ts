import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, "utf8");

const tests = globSync(["{packages,runtimes,apps}/*/{test,src}/**/*.ts", "interop/test/*.ts"], {
  cwd: root,
  exclude: ["**/node_modules/**"],
})
  .map(read)
  .join("\n");

/** A footnote begins its line, and goes on in lines that are indented. */
const footnote = /^\[\^(\d+)\]: (.*(?:\n {4}.*)*)/gm;

/** The numbers of the footnotes that the text refers to, in its order, each once. */
const numbersIn = (text: string) => [
  ...new Set([...text.replaceAll(footnote, "").matchAll(/\[\^(\d+)\]/g)].map(([, number]) => number)),
];

/** Footnotes name their tests between backticks: by title, or by file, which has a slash. */
const namedIn = (note: string) => [...note.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

describe.each(["docs/guarantees.md", "interop/README.md"])("%s names tests that exist", (file) => {
  const text = read(file);
  const notes = [...text.matchAll(footnote)].map(([, number, note = ""]) => ({
    number,
    named: namedIn(note),
  }));
  const named = notes.flatMap(({ named }) => named);

  it("and many of them", () => expect(named.length).toBeGreaterThan(15));
  it("in each of its footnotes, which its text refers to in their order", () => {
    expect(notes.map(({ number }) => number)).toEqual(numbersIn(text));
    expect(notes.filter(({ named }) => named.length === 0)).toEqual([]);
  });
  it.each(named)("%s", (title) => {
    if (title.includes("/")) expect(globSync(title, { cwd: root })).not.toEqual([]);
    else expect(tests.includes(title), "no test has this title").toBe(true);
  });
});

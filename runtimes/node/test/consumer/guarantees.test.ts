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

/** Claims name their tests in brackets: by title, or by file, which has a slash. */
const namedIn = (file: string) =>
  [
    ...read(file)
      .replaceAll(/\n */g, " ")
      .matchAll(/\[test: ([^\]]+)\]/g),
  ].map(([, title = ""]) => title);

describe.each(["docs/guarantees.md", "interop/README.md"])("%s names tests that exist", (file) => {
  const named = namedIn(file);
  it("and many of them", () => expect(named.length).toBeGreaterThan(15));
  it.each(named)("%s", (title) => {
    if (title.includes("/")) expect(globSync(title, { cwd: root })).not.toEqual([]);
    else expect(tests.includes(title), "no test has this title").toBe(true);
  });
});

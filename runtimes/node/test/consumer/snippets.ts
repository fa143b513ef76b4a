import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** A piece of code that the docs show, with where it stands. */
export interface Snippet {
  readonly where: string;
  readonly code: string;
}

function* blocksOf(files: string, pattern: RegExp): Generator<Snippet> {
  for (const file of globSync(files, { cwd: root }).sort()) {
    const text = readFileSync(`${root}${file}`, "utf8");
    for (const { 1: code = "", index } of text.matchAll(pattern)) {
      yield { where: `${file}:${text.slice(0, index).split("\n").length}`, code };
    }
  }
}

/** Adapters that the docs show in full: those marked `<!-- example: adapter -->`. */
export const adapters: readonly Snippet[] = [
  ...blocksOf("docs/adapters.md", /<!-- example: adapter -->\n```ts\n(.*?)```/gs),
];

/** A block that a guide shows in full, under the name of what it is for: `<!-- example: pino -->`. */
export function shown(file: string, what: string): Snippet {
  const pattern = new RegExp(`<!-- example: ${what} -->\\n\`\`\`\\w+\\n(.*?)\`\`\``, "gs");
  const [found, ...others] = blocksOf(file, pattern);
  if (found === undefined || others.length > 0) throw new Error(`${file} must show one "${what}"`);
  return found;
}

/** Runs TypeScript that the docs show, to the letter, and returns its exports. */
export function run(code: string): Record<string, unknown> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const exports = {};
  new Function("exports", "require", outputText)(exports, createRequire(import.meta.url));
  return exports;
}

/** The `@example` blocks of the doc comments. */
export const docExamples: readonly Snippet[] = [
  ...blocksOf("packages/*/src/*.ts", /@example\n[ *]+```ts\n(.*?)```/gs),
].map(({ where, code }) => ({ where, code: code.replaceAll(/^ +\* ?/gm, "") }));

const guides = "{README.md,docs/*.md,site/*.md,packages/*/README.md}";

/** The fragments of the READMEs and of the guides, each to be copied as a whole. */
export const fragments: readonly Snippet[] = [...blocksOf(guides, /\n```ts\n(.*?)```/gs)];

/** JavaScript that the guides show and nothing runs: a block that is not marked as an example for some runtime. */
export const notRun: readonly Snippet[] = [
  ...blocksOf(
    "{README.md,docs/*.md,site/*.md}",
    /(?<!<!-- example: (?:esm|bun|worker) -->)\n```js\n(.*?)```/gs,
  ),
];

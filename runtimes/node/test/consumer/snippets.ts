import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

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

/** What turns events into metrics, spans and logs: code that the docs show in full, each under the name of what it is for. */
export const observers: readonly Snippet[] = ["OpenTelemetry", "pino"].flatMap((what) =>
  [
    ...blocksOf(
      "docs/observability.md",
      new RegExp(`<!-- example: ${what} -->\\n\`\`\`ts\\n(.*?)\`\`\``, "gs"),
    ),
  ].map(({ where, code }) => ({ where: `${where} ${what}`, code })),
);

/** The `@example` blocks of the doc comments. */
export const docExamples: readonly Snippet[] = [
  ...blocksOf("packages/*/src/*.ts", /@example\n[ *]+```ts\n(.*?)```/gs),
].map(({ where, code }) => ({ where, code: code.replaceAll(/^ +\* ?/gm, "") }));

/** The fragments of the READMEs and of the guides, a paragraph each. */
export const fragments: readonly Snippet[] = [
  ...blocksOf(
    "{README.md,docs/{adapters,guarantees,observability}.md,packages/*/README.md}",
    /\n```ts\n(.*?)```/gs,
  ),
].flatMap(({ where, code }) =>
  (code.includes("import ") ? [code] : code.split("\n\n")).map((part) => ({ where, code: part })),
);

import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import ts from "typescript";

/** Core without one of its features: some functions are left without a body, and what only they need falls away with them. */
interface Variant {
  readonly title: string;
  /** The functions and methods, by their file. */
  readonly emptied: Readonly<Record<string, readonly string[]>>;
  /** A stretch of text that goes as well, by its file: from the first text to before the second. */
  readonly cut?: Readonly<Record<string, readonly [from: string, to: string]>>;
}

const variants = {
  using: { title: "`using()`", emptied: { "mutex.ts": ["using"], "lock.ts": ["conclude"] } },
  renewal: { title: "`autoExtend`", emptied: { "renewal.ts": ["renew"], "lock.ts": ["#renew"] } },
  signal: {
    title: "`lock.signal`",
    emptied: { "tenure.ts": ["signal", "#watch"] },
  },
  repair: { title: "repair", emptied: { "lock.ts": ["#repair"] } },
  fencing: {
    title: "`fencing`",
    emptied: { "fence.ts": ["fenceOf", "proposal", "agree"] },
    cut: { "script.ts": ["if KEYS[2] then", "if takes then"] },
  },
  handOver: {
    title: "`handOver()`, `adopt()`",
    emptied: { "mutex.ts": ["adopt"], "lock.ts": ["handOver", "adopt"] },
  },
} as const satisfies Record<string, Variant>;

export type VariantId = keyof typeof variants;

/** What a feature adds to core. */
export interface FeatureSize {
  readonly title: string;
  readonly minified: number;
  readonly gzipped: number;
}

/** All of core minus core without the feature, for each of them, and without all of them at once. */
export async function featureSizes(): Promise<FeatureSize[]> {
  const ids = Object.keys(variants) as VariantId[];
  const all = await sizeOf([]);
  const sets = [...ids.map((id) => [id]), ids];
  return await Promise.all(
    sets.map(async (without) => {
      const [only] = without;
      const title = without.length === 1 && only !== undefined ? variants[only].title : "all of these";
      const rest = await sizeOf(without);
      return { title, minified: all.minified - rest.minified, gzipped: all.gzipped - rest.gzipped };
    }),
  );
}

/** Core without these features, as one module. */
export async function coreWithout(without: readonly VariantId[], minify: boolean): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../packages/core/src/index.ts", import.meta.url))],
    bundle: true,
    minify,
    write: false,
    format: "esm",
    target: "es2022",
    plugins: [leavingOut(without.map((id) => variants[id]))],
  });
  const [code] = outputFiles.map(({ contents }) => contents);
  if (code === undefined) throw new Error("esbuild made nothing of core");
  return code;
}

async function sizeOf(without: readonly VariantId[]): Promise<Omit<FeatureSize, "title">> {
  const code = await coreWithout(without, true);
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length };
}

function leavingOut(without: readonly Variant[]): Plugin {
  return {
    name: "leaving out",
    setup({ onLoad }) {
      onLoad({ filter: /core\/src\/[^/]+\.ts$/ }, ({ path }) => {
        const file = basename(path);
        let text = ts.sys.readFile(path) ?? "";
        for (const { emptied, cut } of without) {
          text = cutOut(text, cut?.[file]);
          for (const name of emptied[file] ?? []) text = withoutBody(text, name);
        }
        return { contents: text, loader: "ts" };
      });
    },
  };
}

function cutOut(text: string, stretch: readonly [string, string] | undefined): string {
  if (stretch === undefined) return text;
  const [from, to] = stretch.map((edge) => text.indexOf(edge)) as [number, number];
  if (from < 0 || to < from) throw new Error(`there is no "${stretch[0]}" before "${stretch[1]}" in core`);
  return text.slice(0, from) + text.slice(to);
}

function withoutBody(text: string, name: string): string {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.name?.getText() === name) found ??= node.body;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("core.ts", text, ts.ScriptTarget.ES2022, true));
  if (found === undefined) throw new Error(`there is no ${name} in core`);
  return `${text.slice(0, found.getStart())}{}${text.slice(found.end)}`;
}

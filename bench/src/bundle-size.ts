import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** A bundle of everything that a package exports. */
export interface BundleSize {
  readonly title: string;
  readonly minified: number;
  readonly gzipped: number;
  /** In bytes, gzipped. */
  readonly limit?: number;
}

const built = (name: string) =>
  fileURLToPath(new URL(`../../packages/${name}/dist/index.js`, import.meta.url));

const bundles = [
  { title: "**@redsync/core**", from: built("core"), limit: 8_000 },
  { title: "**@redsync/ioredis**", from: built("ioredis"), limit: 1_500 },
  { title: "**@redsync/memory**, without core", from: built("memory"), limit: 3_000 },
  { title: "redlock", from: "redlock" },
  { title: "@sesamecare-oss/redlock", from: "@sesamecare-oss/redlock" },
  { title: "redis-semaphore", from: "redis-semaphore" },
  { title: "redlock-universal", from: "redlock-universal" },
] as const;

/** Minified and gzipped; clients, and core where an adapter needs it, are not counted. */
export async function bundleSizes(): Promise<BundleSize[]> {
  const sizes: BundleSize[] = [];
  for (const { from, ...bundle } of bundles) {
    const { outputFiles } = await build({
      stdin: {
        contents: `export * from ${JSON.stringify(from)}`,
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "es2022",
      external: ["@redsync/core", "ioredis"],
      logLevel: "silent",
    });
    const [code] = outputFiles.map(({ contents }) => contents);
    if (code === undefined) throw new Error(`esbuild made nothing of ${bundle.title}`);
    sizes.push({ ...bundle, minified: code.length, gzipped: gzipSync(code, { level: 9 }).length });
  }
  return sizes;
}

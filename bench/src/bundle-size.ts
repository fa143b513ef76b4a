import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

/** A bundle of everything that a package exports. */
export interface BundleSize {
  readonly title: string;
  readonly minified: number;
  readonly gzipped: number;
  /** In bytes, gzipped. */
  readonly limit?: number;
}

/** What one of core's files takes in core's bundle. */
export interface FileSize {
  readonly file: string;
  readonly minified: number;
}

const CORE_SOURCE = fileURLToPath(new URL("../../packages/core/src/index.ts", import.meta.url));

/** Who uses a package has these anyway. */
const EXTERNAL = ["@redsync/core", "ioredis"];

const ADAPTER_LIMIT = 1_500;

const bundles = [
  { title: "**@redsync/core**", from: "@redsync/core", limit: 12_000 },
  { title: "**@redsync/ioredis**", from: "@redsync/ioredis", limit: ADAPTER_LIMIT },
  { title: "**@redsync/node-redis**", from: "@redsync/node-redis", limit: ADAPTER_LIMIT },
  { title: "**@redsync/valkey-glide**", from: "@redsync/valkey-glide", limit: ADAPTER_LIMIT },
  { title: "**@redsync/bun**", from: "@redsync/bun", limit: ADAPTER_LIMIT },
  { title: "**@redsync/upstash**", from: "@redsync/upstash", limit: ADAPTER_LIMIT },
  { title: "**@redsync/memory**, without core", from: "@redsync/memory", limit: 3_500 },
  { title: "redlock", from: "redlock" },
  { title: "@sesamecare-oss/redlock", from: "@sesamecare-oss/redlock" },
  { title: "redis-semaphore", from: "redis-semaphore" },
  { title: "redlock-universal", from: "redlock-universal" },
] as const;

/** Minified and gzipped; clients, and core if an adapter needs it, are not counted. */
export async function bundleSizes(): Promise<BundleSize[]> {
  const sizes: BundleSize[] = [];
  for (const { from, ...bundle } of bundles) {
    const { code } = await bundleOf(from);
    sizes.push({ ...bundle, minified: code.length, gzipped: gzipSync(code, { level: 9 }).length });
  }
  return sizes;
}

/** What is left of each of core's files once it is bundled and minified, as esbuild tells it, the largest first. */
export async function coreFiles(): Promise<FileSize[]> {
  const { metafile } = await bundleOf(CORE_SOURCE);
  return Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .map(([path, { bytesInOutput }]) => ({ file: basename(path), minified: bytesInOutput }))
    .filter(({ minified }) => minified > 0)
    .sort((one, other) => other.minified - one.minified);
}

async function bundleOf(from: string): Promise<{ readonly code: Uint8Array; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    // The package itself: a module with `export * from` would leave out its default export, all of redlock but the errors.
    entryPoints: [from],
    absWorkingDir: import.meta.dirname,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    external: EXTERNAL.filter((name) => name !== from),
    logLevel: "silent",
  });
  const [code] = outputFiles.map(({ contents }) => contents);
  if (code === undefined) throw new Error(`esbuild made nothing of ${from}`);
  return { code, metafile };
}

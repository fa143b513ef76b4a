import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where everything is installed. */
    readonly folder: string;
    /** The published packages that programs import, by name. */
    readonly packages: readonly string[];
  }
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));

// Versions that the workspace has too, so that the store has them.
const { "@valkey/valkey-glide": glide, ioredis, redis } = manifestOf("runtimes/consumers").dependencies;
const { "@types/node": nodeTypes } = manifestOf(".").devDependencies;

/** A folder outside of the repository, into which the packed packages and the clients are installed, as users do. */
export function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "redsync-consumer-"));
  const published = globSync("packages/*", { cwd: root })
    .map(manifestOf)
    .filter((manifest) => manifest.private !== true);
  const filters = published.flatMap(({ name }) => ["--filter", name]);
  pnpm(root, ...filters, "pack", "--pack-destination", folder);
  const tarballs = readdirSync(folder).map((file) => [
    file.replace(/^redsync-(.*)-\d+\.\d+\.\d+\.tgz$/, "@redsync/$1"),
    `file:${file}`,
  ]);
  const clients = { "@valkey/valkey-glide": glide, ioredis, redis };
  const dependencies = { ...Object.fromEntries(tarballs), ...clients, "@types/node": nodeTypes };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies }));
  // Of each other they take the packed ones too: these versions may not have been published.
  const overrides = Object.fromEntries(
    tarballs.map(([name, file]) => [name, file?.replace(":", `:${folder}/`)]),
  );
  writeFileSync(join(folder, "pnpm-workspace.yaml"), JSON.stringify({ overrides }));
  pnpm(folder, "install", "--prefer-offline", "--ignore-scripts");
  provide("folder", folder);
  const libraries = published.filter(({ bin }) => bin === undefined);
  provide("packages", libraries.map(({ name }) => String(name)).sort());
  return () => rmSync(folder, { recursive: true, force: true });
}

function pnpm(cwd: string, ...args: string[]): void {
  execFileSync("pnpm", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

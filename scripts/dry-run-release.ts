// `pnpm release:dry-run`: a release from end to end in a copy of the repository as it is committed, up to what the registries do.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPublished, isLibrary, type Published } from "./published.ts";
import { root } from "./root.ts";

function run(cwd: string, command: string, ...args: string[]): void {
  console.log(`\n> ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`);
}

const writeJson = (file: string, content: object) => writeFileSync(file, JSON.stringify(content, null, 2));

/** New versions and changelogs. GitHub, which knows who wrote what, is not asked. */
function makeVersions(copy: string): Published[] {
  const file = join(copy, ".changeset/config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  writeJson(file, { ...config, changelog: "@changesets/cli/changelog" });
  run(copy, "pnpm", "run", "version-packages");
  const published = findPublished(copy);
  for (const { folder, manifest } of published) {
    const [first = ""] = readFileSync(join(copy, folder, "CHANGELOG.md"), "utf8").match(/^## .*$/m) ?? [];
    console.log(`${manifest.name} ${manifest.version}, its changelog begins with "${first}"`);
    if (first !== `## ${manifest.version}`) throw new Error("a changelog is not of this version");
  }
  const left = readdirSync(join(copy, ".changeset")).filter((name) => name.endsWith(".md"));
  if (left.length > 0) throw new Error(`changesets are left: ${left.join(", ")}`);
  return published;
}

/** The tarballs, as the job `pack` of release.yml makes them, but for npm's word on what it has. */
function pack(copy: string, published: readonly Published[]): string {
  const plan = published.map(({ manifest: { name, version } }) => ({
    ...{ kind: "publish", name, version },
    ...{ access: "public", tag: "latest" },
  }));
  writeJson(join(copy, "plan.json"), { version: 1, plan: [plan] });
  const folder = join(copy, "packed");
  run(copy, "pnpm", "exec", "changeset", "pack", "--from-publish-plan", "plan.json", "--out-dir", folder);
  return join(folder, "packages");
}

/** A user's project: the tarballs, nothing else of ours, and a lock. */
function use(project: string, tarballs: string, published: readonly Published[]): void {
  mkdirSync(project);
  const files = Object.fromEntries(
    published.map(({ manifest: { name, version } }) => [
      name,
      `file:${join(tarballs, `${name.slice(1).replace("/", "-")}-${version}.tgz`)}`,
    ]),
  );
  writeJson(join(project, "package.json"), { type: "module", dependencies: files });
  writeJson(join(project, "pnpm-workspace.yaml"), { overrides: files });
  const imports = published.filter(isLibrary).map(({ manifest: { name } }) => `await import("${name}");`);
  const program = `${imports.join("\n")}
import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
const lock = await new Redsync(memoryNode()).mutex("released").lock();
console.log(\`the lock of "\${lock.name}" is \${await lock.unlock()}\`);
`;
  writeFileSync(join(project, "main.js"), program);
  run(project, "pnpm", "install", "--prefer-offline", "--ignore-scripts");
  run(project, "node", "main.js");
}

const folder = mkdtempSync(join(tmpdir(), "redsync-release-"));
try {
  const copy = join(folder, "repository");
  run(folder, "git", "clone", "--quiet", root, copy);
  run(copy, "pnpm", "install", "--frozen-lockfile", "--prefer-offline", "--silent");
  const published = makeVersions(copy);
  run(copy, "pnpm", "run", "build", "--filter=./packages/*", "--output-logs=errors-only");
  run(copy, "node", "scripts/check-packages.ts");
  run(copy, "node", "scripts/jsr.ts", "publish", "--dry-run");
  use(join(folder, "project"), pack(copy, published), published);
  console.log("\nReady to be released.");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

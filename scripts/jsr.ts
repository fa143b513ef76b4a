// `pnpm jsr`: writes each library's jsr.json, which follows from its package.json. `pnpm jsr publish` publishes them to JSR, as
// they are in the sources; with `--dry-run` all but that.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsrOf } from "./jsr-manifest.ts";
import { findPublished, isLibrary } from "./published.ts";
import { root } from "./root.ts";

const libraries = findPublished(root).filter(isLibrary);
const textOf = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;

function write(): void {
  for (const { folder, manifest } of libraries)
    writeFileSync(join(root, folder, "jsr.json"), textOf(jsrOf(manifest)));
}

/**
 * In a workspace of Deno's own, where packages find each other before JSR has them. The repository cannot be one: Deno would
 * take the sources in place of what is built, in the suites too.
 */
function publish(options: readonly string[]): boolean {
  const folder = mkdtempSync(join(tmpdir(), "redsync-jsr-"));
  try {
    for (const library of libraries) {
      mkdirSync(join(folder, library.folder), { recursive: true });
      for (const file of ["src", "README.md", "LICENSE", "jsr.json"])
        cpSync(join(root, library.folder, file), join(folder, library.folder, file), { recursive: true });
    }
    writeFileSync(
      join(folder, "deno.json"),
      textOf({ workspace: libraries.map((each) => `./${each.folder}`) }),
    );
    const args = ["publish", "--allow-dirty", "--quiet", ...options];
    const { status, error } = spawnSync("deno", args, { cwd: folder, stdio: "inherit" });
    if (error) throw error;
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isUpToDate(): boolean {
  const old = libraries.filter(
    ({ folder, manifest }) =>
      readFileSync(join(root, folder, "jsr.json"), "utf8") !== textOf(jsrOf(manifest)),
  );
  for (const { folder } of old)
    console.error(`${folder}/jsr.json does not follow from its package.json: pnpm jsr`);
  return old.length === 0;
}

const [task, ...options] = process.argv.slice(2);
if (task === undefined) write();
else if (task !== "publish") throw new Error(`jsr.ts: unknown task ${task}; it knows "publish"`);
else if (!isUpToDate() || !publish(options)) process.exitCode = 1;

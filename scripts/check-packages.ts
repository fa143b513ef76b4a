// `pnpm check`: what the packages contain as they will be published, and whether what the docs import is there.
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flawsOf, type Tarball } from "./contents.ts";
import { exportsOf, importsOf } from "./imports.ts";
import { findPublished, isLibrary, type Manifest, type Published } from "./published.ts";
import { root } from "./root.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

function contentOf(file: string, folder: string): Tarball {
  const files = run("tar", ["-tzf", file], folder).trim().split("\n");
  const text = (name: string) => run("tar", ["-xzOf", file, `package/${name}`], folder);
  return {
    files: files.map((each) => each.replace("package/", "")),
    license: files.includes("package/LICENSE") ? text("LICENSE") : undefined,
    manifest: JSON.parse(text("package.json")) as Manifest,
  };
}

function flawsOfTarballs(published: readonly Published[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "redsync-packed-"));
  try {
    const filters = published.flatMap(({ manifest }) => ["--filter", manifest.name]);
    run("pnpm", [...filters, "pack", "--pack-destination", folder], root);
    const tarballs = readdirSync(folder).map((file) => contentOf(file, folder));
    const { fixed } = JSON.parse(read(".changeset/config.json")) as { fixed: readonly string[][] };
    const expected = {
      license: read("LICENSE"),
      version: published[0]?.manifest.version ?? "",
      fixed: fixed.flat(),
    };
    return published.flatMap((each) => {
      const { name } = each.manifest;
      const tarball = tarballs.find(({ manifest }) => manifest.name === name);
      const flaws = tarball === undefined ? ["was not packed"] : flawsOf(each, tarball, expected);
      return flaws.map((flaw) => `${name} ${flaw}`);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function flawsOfDocs(published: readonly Published[]): string[] {
  const libraries = published.filter(isLibrary);
  const exports = new Map(
    libraries.map(({ folder, manifest }) => [manifest.name, exportsOf(read(`${folder}/dist/index.d.ts`))]),
  );
  const docs = globSync("{*.md,docs/**/*.md,{packages,apps}/*/*.md}", { cwd: root }).sort();
  const flaws = docs.flatMap((file) =>
    importsOf(read(file))
      .filter(({ name, from }) => exports.get(from)?.includes(name) !== true)
      .map(({ name, from }) => `${file} imports ${name}, which ${from} does not export`),
  );
  const unshown = libraries.filter(
    ({ folder, manifest }) =>
      !importsOf(read(`${folder}/README.md`)).some(({ from }) => from === manifest.name),
  );
  return [...flaws, ...unshown.map(({ folder }) => `${folder}/README.md does not show how it is imported`)];
}

const published = findPublished(root);
const flaws = [...flawsOfTarballs(published), ...flawsOfDocs(published)];
for (const flaw of flaws) console.error(flaw);
console.log(`${published.length} packages, ${flaws.length} flaws`);
if (flaws.length > 0) process.exitCode = 1;

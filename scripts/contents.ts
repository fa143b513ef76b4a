import { isLibrary, type Manifest, type Published } from "./published.ts";

/** What is in a tarball. */
export interface Tarball {
  /** The paths of its files, without the folder that all of them lie in. */
  readonly files: readonly string[];
  readonly license: string | undefined;
  readonly manifest: Manifest;
}

/** What holds for all of them. */
export interface Common {
  readonly license: string;
  readonly version: string;
  /** Those that changesets gives one version. */
  readonly fixed: readonly string[];
}

const REPOSITORY = "git+https://github.com/redsync/redsync-js.git";

/** Belongs into every package. */
const always = ["LICENSE", "README.md", "package.json"];

/** What is wrong with a package as it will be published. */
export function flawsOf(
  { folder, ...rest }: Published,
  { files, license, manifest }: Tarball,
  expected: Common,
): string[] {
  const isLib = isLibrary({ folder, ...rest });
  const flaws: string[] = [];
  const want = (isSo: boolean, flaw: string) => void (isSo || flaws.push(flaw));
  for (const file of always) want(files.includes(file), `has no ${file}`);
  want(files.some(isBuilt), "has nothing in dist/: build it first");
  const strangers = files.filter(
    (file) => !always.includes(file) && !isBuilt(file) && !(isLib && isSource(file)),
  );
  want(strangers.length === 0, `has files that nobody needs: ${strangers.join(", ")}`);
  want(license === expected.license, "has another LICENSE than the repository");

  want(manifest.license === "BSD-3-Clause", "does not say its license");
  want(manifest.version === expected.version, `is ${manifest.version}, and others ${expected.version}`);
  want(expected.fixed.includes(manifest.name), "is not in the group `fixed` of .changeset/config.json");
  want(manifest.description !== undefined, "has no description");
  want(manifest.engines !== undefined, "does not say what it runs on (engines)");
  want(manifest.repository?.url === REPOSITORY, `is not from ${REPOSITORY}`);
  want(manifest.repository?.directory === folder, `is not from ${folder}`);
  want(manifest.publishConfig?.access === "public", "is not public");
  want(manifest.publishConfig?.provenance === true, "has no provenance");
  const { dependencies = {}, peerDependencies = {} } = manifest;
  if (isLib) want(Object.keys(dependencies).length === 0, "has dependencies: a library has peers alone");
  for (const [name, range] of Object.entries({ ...dependencies, ...peerDependencies }))
    want(!range.startsWith("workspace:"), `needs ${name} from a workspace`);
  return flaws;
}

const isBuilt = (file: string): boolean => file.startsWith("dist/");
/** Source maps lead to it. */
const isSource = (file: string): boolean => file.startsWith("src/") && file.endsWith(".ts");

import { expect, it } from "vitest";
import { flawsOf, type Tarball } from "../contents.ts";
import type { Manifest, Published } from "../published.ts";

const manifest: Manifest = {
  name: "@redsync/some",
  version: "1.2.3",
  description: "Some",
  license: "BSD-3-Clause",
  engines: { node: ">=20" },
  repository: { url: "git+https://github.com/redsync/redsync-js.git", directory: "packages/some" },
  peerDependencies: { "@redsync/core": "^1.2.3" },
  publishConfig: { access: "public", provenance: true },
};
const published: Published = { folder: "packages/some", manifest };
const tarball: Tarball = {
  files: ["LICENSE", "README.md", "package.json", "dist/index.js", "src/index.ts"],
  license: "All rights",
  manifest,
};
const expected = { license: "All rights", version: "1.2.3", fixed: ["@redsync/some"] };

it("a package as it should be has no flaw", () => {
  expect(flawsOf(published, tarball, expected)).toEqual([]);
});

it.each<[string, Partial<Tarball>]>([
  ["has no README.md", { files: tarball.files.filter((file) => file !== "README.md") }],
  [
    "has nothing in dist/: build it first",
    { files: tarball.files.filter((file) => !file.startsWith("dist")) },
  ],
  ["has files that nobody needs: test/a.ts, .env", { files: [...tarball.files, "test/a.ts", ".env"] }],
  ["has another LICENSE than the repository", { license: "No rights" }],
  ["does not say its license", { manifest: { ...manifest, license: "MIT" } }],
  ["is 1.2.4, and others 1.2.3", { manifest: { ...manifest, version: "1.2.4" } }],
  [
    "is not from packages/some",
    { manifest: { ...manifest, repository: { ...manifest.repository, directory: "x" } } },
  ],
  ["has no provenance", { manifest: { ...manifest, publishConfig: { access: "public" } } }],
  [
    "has dependencies: a library has peers alone",
    { manifest: { ...manifest, dependencies: { left: "1.0.0" } } },
  ],
  [
    "needs @redsync/core from a workspace",
    { manifest: { ...manifest, peerDependencies: { "@redsync/core": "workspace:^" } } },
  ],
])("%s", (flaw, change) => {
  expect(flawsOf(published, { ...tarball, ...change }, expected)).toEqual([flaw]);
});

it("one version is for those alone that changesets knows of", () => {
  const flaw = "is not in the group `fixed` of .changeset/config.json";
  expect(flawsOf(published, tarball, { ...expected, fixed: [] })).toEqual([flaw]);
});

it("a program has dependencies, and no sources", () => {
  const program = { ...manifest, bin: { some: "./dist/main.js" }, dependencies: { commander: "1.0.0" } };
  const flaws = flawsOf({ ...published, manifest: program }, { ...tarball, manifest: program }, expected);
  expect(flaws).toEqual(["has files that nobody needs: src/index.ts"]);
});

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a package.json says, as far as it is asked here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly repository?: { readonly url?: string; readonly directory?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean };
}

/** A package that is published. */
export interface Published {
  /** Its folder, from the root on, with forward slashes. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Whether it is imported, and not run. */
export const isLibrary = ({ manifest }: Published): boolean => manifest.bin === undefined;

/** The packages of the workspace that are published, by their folder's name. */
export function findPublished(root: string): Published[] {
  return globSync("packages/*/package.json", { cwd: root })
    .sort()
    .map((file) => ({
      folder: file.replaceAll("\\", "/").replace("/package.json", ""),
      manifest: JSON.parse(readFileSync(join(root, file), "utf8")) as Manifest,
    }))
    .filter(({ manifest }) => manifest.private !== true);
}

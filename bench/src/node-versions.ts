import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The versions of Node that CPU and heap are measured on: what was learnt on one of them does not hold on another. */
export const nodeVersions = ["20", "22", "24"] as const;

export type NodeVersion = (typeof nodeVersions)[number];

/** The workspace's packages that bring them along. */
const homes: Readonly<Record<NodeVersion, string>> = {
  "20": "../../runtimes/node-20",
  "22": "../../runtimes/node-22",
  "24": "../..",
};

/** The program of that version, or undefined if it is not installed. */
export function nodeOf(version: NodeVersion): string | undefined {
  const file = fileURLToPath(new URL(`${homes[version]}/node_modules/node/bin/node`, import.meta.url));
  if (existsSync(file)) return file;
  return process.versions.node.startsWith(`${version}.`) ? process.execPath : undefined;
}

/** The exact numbers of those that are installed. */
export function exactNodeVersions(): string[] {
  return nodeVersions
    .map(nodeOf)
    .filter((file) => file !== undefined)
    .map((file) => execFileSync(file, ["--version"], { encoding: "utf8" }).trim().slice(1));
}

import type { Manifest } from "./published.ts";

/** What jsr.json says of a library: the same version, the sources, and each peer of ours by its name on JSR. */
export function jsrOf({ name, version, license, peerDependencies = {} }: Manifest): object {
  const peers = Object.keys(peerDependencies).filter((peer) => peer.startsWith("@redsync/"));
  return {
    name,
    version,
    license,
    exports: "./src/index.ts",
    imports: Object.fromEntries(peers.map((peer) => [peer, `jsr:${peer}@^${version}`])),
    publish: { include: ["src", "README.md", "LICENSE", "jsr.json"] },
  };
}

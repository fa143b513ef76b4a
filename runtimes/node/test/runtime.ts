import { readFileSync } from "node:fs";
import type { Runtime } from "@redsync/conformance";

const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));

/** The Node that the package of this suite asks for. */
export const node: Runtime = {
  name: `Node ${devDependencies.node}`,
  prove() {
    const { release, versions } = process;
    // Bun and Deno call themselves Node where they can.
    const isNode = release.name === "node" && !("bun" in versions) && !("deno" in versions);
    if (!isNode || versions.node !== devDependencies.node) {
      throw new Error(`this is ${release.name} ${versions.node}: ${process.execPath}`);
    }
  },
};

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SOURCE = fileURLToPath(new URL("contestant-process.ts", import.meta.url));
const BUILT = fileURLToPath(new URL("../dist/contestant-process.js", import.meta.url));

let building: Promise<unknown> | undefined;

/** The program of a contestant as JavaScript, since Node 20 runs nothing else. The packages stay as they are published. */
export async function contestantProgram(): Promise<string> {
  building ??= build({
    entryPoints: [SOURCE],
    outfile: BUILT,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
  });
  await building;
  return BUILT;
}

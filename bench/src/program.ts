import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const sources = {
  contestant: new URL("contestant-process.ts", import.meta.url),
  waiter: new URL("waiting/waiter-process.ts", import.meta.url),
} as const;

const building = new Map<keyof typeof sources, Promise<string>>();

/** The program of a process that is measured, as JavaScript, since Node 20 runs nothing else. The packages stay as they are published. */
export function programOf(who: keyof typeof sources): Promise<string> {
  const program = building.get(who) ?? built(fileURLToPath(sources[who]));
  building.set(who, program);
  return program;
}

async function built(source: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`../dist/${basename(source, ".ts")}.js`, import.meta.url));
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
  });
  return outfile;
}

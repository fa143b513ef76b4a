import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Mutation, mutated, parse, type Source } from "./mutation.ts";
import type { Subject } from "./simulation.ts";

/** What may be mutated: core, and the store of its nodes. */
export const sources: readonly Source[] = ["core", "memory"].flatMap((name) => {
  const folder = fileURLToPath(new URL(`../../${name}/src/`, import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => parse(`${folder}${file}`, readFileSync(`${folder}${file}`, "utf8")));
});

/** The subject of the simulation with the mutation. */
export async function mutant(mutation: Mutation): Promise<Subject> {
  const { path, text } = mutated(mutation, sources);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("subject.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["@redsync/source"],
    plugins: [
      {
        name: "mutation",
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, (file) =>
            file.path === path ? { contents: text, loader: "ts" } : undefined,
          );
        },
      },
    ],
  });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
  const code = Buffer.from(contents).toString("base64");
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as Subject;
}

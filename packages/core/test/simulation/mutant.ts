import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Core } from "./population.ts";

/** A change to core's source that breaks it. */
export interface Mutation {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const source = fileURLToPath(new URL("../../src", import.meta.url));

/** Core with the mutation, loaded from a copy of its source. */
export async function mutant({ file, find, replace }: Mutation): Promise<Core> {
  const folder = await mkdtemp(join(tmpdir(), "redsync-mutant-"));
  try {
    await cp(source, folder, { recursive: true });
    const path = join(folder, file);
    const parts = (await readFile(path, "utf8")).split(find);
    if (parts.length !== 2)
      throw new Error(`the mutation of ${file} must match once, not ${parts.length - 1} times: ${find}`);
    await writeFile(path, parts.join(replace));
    return (await import(/* @vite-ignore */ pathToFileURL(join(folder, "index.ts")).href)) as Core;
  } finally {
    await rm(folder, { recursive: true });
  }
}

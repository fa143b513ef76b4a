import { existsSync } from "node:fs";
import { type Arguments, readArguments } from "./arguments.ts";
import { machine } from "./machine.ts";
import { writeReadme } from "./readme.ts";
import { sections } from "./sections.ts";

const wanted = readArguments(process.argv.slice(2));
if (wanted !== undefined) {
  requireBuild();
  const tables: string[] = [];
  for await (const text of measure(wanted)) {
    console.log(text);
    tables.push(text);
  }
  if (wanted.write) await writeReadme(tables.join("\n"));
}

/** One table after the other, as they are measured. */
async function* measure(wanted: Arguments): AsyncGenerator<string> {
  const { rounds, sliceMs } = wanted.effort;
  yield `${await machine(wanted.effort)} ${rounds} rounds of ${sliceMs} ms for each contestant.\n`;
  for (const section of sections) {
    if (wanted.wantsSection(section.id)) yield (await section.measure(wanted)).text;
  }
}

/** It is the published files that are measured, not the sources. */
function requireBuild(): void {
  for (const name of ["core", "ioredis", "memory"]) {
    if (!existsSync(new URL(`../../packages/${name}/dist/index.js`, import.meta.url))) {
      throw new Error(`packages/${name} is not built: run \`pnpm bench\` (or \`pnpm build\`) in the root`);
    }
  }
}

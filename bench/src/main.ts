import { existsSync } from "node:fs";
import { type Arguments, readArguments } from "./arguments.ts";
import { machine } from "./machine.ts";
import { writeReadme } from "./readme.ts";
import type { Section, Table } from "./section.ts";
import { sections } from "./sections.ts";
import { targetTable } from "./targets.ts";

const wanted = readArguments(process.argv.slice(2));
if (wanted !== undefined) {
  requireBuild();
  const chosen = sectionsFor(wanted);
  const head = await headOf(wanted);
  console.log(head);
  const tables = await measure(chosen, wanted);
  const targets = targetTable(tables.flatMap((table) => table.targets ?? []));
  if (targets !== "") console.log(targets);
  if (wanted.write !== undefined) await writeReadme(wanted.write, head, tables);
}

async function headOf({ effort }: Arguments): Promise<string> {
  return `${await machine(effort)} ${effort.rounds} rounds of ${effort.sliceMs} ms for each contestant; waiting: ${effort.waiting.windowMs / 1_000} s for each.\n`;
}

function sectionsFor({ wantsSection }: Arguments): readonly Section[] {
  const chosen = sections.filter(({ id }) => wantsSection(id));
  if (chosen.length === 0)
    throw new TypeError(`--only: there are ${sections.map(({ id }) => id).join(", ")}`);
  return chosen;
}

/** One table after the other, shown as it is measured. */
async function measure(chosen: readonly Section[], wanted: Arguments): Promise<Table[]> {
  const tables: Table[] = [];
  for (const section of chosen) {
    const table = await section.measure(wanted);
    console.log(table.text);
    tables.push(table);
  }
  return tables;
}

/** It is the published files that are measured, not the sources. */
function requireBuild(): void {
  for (const name of ["core", "ioredis", "memory", "node-redis", "valkey-glide", "bun", "upstash"]) {
    if (!existsSync(new URL(`../../packages/${name}/dist/index.js`, import.meta.url))) {
      throw new Error(`packages/${name} is not built: run \`pnpm bench\` (or \`pnpm build\`) in the root`);
    }
  }
}

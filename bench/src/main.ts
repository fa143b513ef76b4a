import { existsSync } from "node:fs";
import { allocations } from "./allocation.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { bundleSizes } from "./bundle-size.ts";
import { compare } from "./comparison.ts";
import { contestantsOn, contestantsWithFeatures } from "./contestants.ts";
import { importTimes } from "./import-time.ts";
import { machine } from "./machine.ts";
import { writeReadme } from "./readme.ts";
import { allocationTable, bundleTable, competition, featureTable, importTable } from "./report.ts";
import { compete } from "./rounds.ts";
import { featureSizes } from "./variants.ts";
import { workloads } from "./workloads.ts";

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
async function* measure({ effort, wantsSection, wantsContestant }: Arguments): AsyncGenerator<string> {
  const { rounds, sliceMs } = effort;
  yield `${await machine()} ${rounds} rounds of ${sliceMs} ms for each contestant.\n`;
  for (const workload of workloads.filter(({ id }) => wantsSection(id))) {
    yield competition(workload, compare(workload, await compete(workload, effort, wantsContestant)));
  }
  if (wantsSection("allocation")) {
    for (const nodes of [1, 3]) {
      const wanted = contestantsOn(nodes).filter(wantsContestant);
      yield allocationTable(nodes, "by-hand", await allocations(wanted, nodes, effort));
    }
    const wanted = contestantsWithFeatures().filter((id) => id === "redsync" || wantsContestant(id));
    yield allocationTable(1, "redsync", await allocations(wanted, 1, effort));
  }
  if (wantsSection("size")) {
    yield bundleTable(await bundleSizes());
    yield featureTable(await featureSizes());
  }
  if (wantsSection("import")) yield importTable(importTimes(effort.imports));
}

/** It is the published files that are measured, not the sources. */
function requireBuild(): void {
  for (const name of ["core", "ioredis", "memory"]) {
    if (!existsSync(new URL(`../../packages/${name}/dist/index.js`, import.meta.url))) {
      throw new Error(`packages/${name} is not built: run \`pnpm bench\` (or \`pnpm build\`) in the root`);
    }
  }
}

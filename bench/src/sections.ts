import { allocationOf } from "./allocation-section.ts";
import { competitionIn } from "./competition-section.ts";
import { contestantsOn, contestantsOnlyFor } from "./contestants.ts";
import { coreOn } from "./core-section.ts";
import { cpuSection } from "./cpu-section.ts";
import { importSection } from "./import-section.ts";
import type { Section } from "./section.ts";
import { sizeOfFilesSection, sizeSection } from "./size-sections.ts";
import { trafficOn } from "./traffic-section.ts";
import { crowdSection } from "./waiting/crowd-section.ts";
import { longSection } from "./waiting/long-section.ts";
import { arrivingOn, loopingOn, processesOn } from "./waiting/sections.ts";
import { workloads } from "./workloads.ts";

/** All that `pnpm bench` measures, in this order. */
export const sections: readonly Section[] = [
  ...workloads.map(competitionIn),
  cpuSection,
  allocationOf({
    id: "allocation-1",
    nodes: 1,
    against: "by-hand",
    contestants: contestantsOn(1),
    limit: 14_000,
  }),
  allocationOf({ id: "allocation-3", nodes: 3, against: "by-hand", contestants: contestantsOn(3) }),
  allocationOf({
    id: "allocation-features",
    nodes: 1,
    against: "redsync",
    contestants: ["redsync", ...contestantsOnlyFor("features")],
  }),
  trafficOn(1),
  trafficOn(3),
  coreOn(1),
  coreOn(3),
  coreOn(5),
  ...[1, 3, 5].map(arrivingOn),
  ...[1, 3, 5].map(loopingOn),
  ...[1, 3, 5].map((nodes) => processesOn(nodes, 1)),
  ...[1, 3, 5].map((nodes) => processesOn(nodes, 4)),
  longSection,
  crowdSection,
  sizeSection,
  sizeOfFilesSection,
  importSection,
];

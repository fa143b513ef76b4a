import { type Allocation, allocations } from "./allocation.ts";
import { cpuPerPair } from "./comparison.ts";
import { contestant, contestantsOnlyFor } from "./contestants.ts";
import type { Effort } from "./effort.ts";
import type { Entrant } from "./entrant.ts";
import { range, tenths, whole } from "./figures.ts";
import { compete, type Result } from "./rounds.ts";
import type { Section } from "./section.ts";
import type { Summary } from "./statistics.ts";
import { table } from "./table.ts";
import { nodesIn } from "./workloads.ts";

/** Core alone, over nodes in its process that answer at once: no client and no server hides what core itself takes. */
export function coreOn(nodes: number): Section {
  return {
    id: `core-${nodes}`,
    async measure({ effort, wantsContestant }) {
      const entrants = [1, 100].flatMap((inFlight) =>
        contestantsOnlyFor("core alone")
          .filter(wantsContestant)
          .flatMap((contestant) =>
            effort.coreVersions.map((node): Entrant => ({ contestant, inFlight, node, memoryNodes: nodes })),
          ),
      );
      const shorter = shortened(effort);
      const results = await compete({ entrants, nodes: 0 }, shorter);
      const heap = await allocations(entrants, 0, shorter);
      return {
        text: coreTable(nodes, results, heap),
        rows: results.map((result, index) => ({
          title: titleOf(result.entrant),
          measured: perPair(result)?.median,
          failure: result.failure ?? heap[index]?.failure,
          lack: result.lack,
        })),
      };
    },
  };
}

/** What depends on no server and no socket needs fewer rounds, and there are many entrants. */
function shortened(effort: Effort): Effort {
  const { rounds, samples, warmUpMs } = effort;
  return { ...effort, rounds: Math.min(rounds, samples), warmUpMs: Math.min(warmUpMs, 600) };
}

function titleOf({ contestant: id, inFlight, node }: Entrant): string {
  const how = inFlight === 1 ? "one after another" : `${inFlight} in flight`;
  return `${contestant(id).label}, ${how}, Node ${node}`;
}

function perPair({ slices }: Result): Summary | undefined {
  return slices.some((slice) => slice !== undefined) ? cpuPerPair(slices) : undefined;
}

function coreTable(nodes: number, results: readonly Result[], heap: readonly Allocation[]): string {
  const head = ["", "CPU µs/pair", "middle half", "bytes/pair", "middle half"];
  const body = results.map((result, index) => {
    const cpu = perPair(result);
    const bytes = heap[index]?.bytes;
    return [
      titleOf(result.entrant),
      cpu === undefined ? (result.lack ?? result.failure ?? "not known") : tenths.format(cpu.median),
      range(cpu, tenths.format),
      bytes === undefined ? "–" : whole.format(bytes.median),
      range(bytes, whole.format),
    ];
  });
  return `### Core alone, ${nodesIn(nodes)} that answer at once\n\n${table(head, body)}\n`;
}

import { compare } from "./comparison.ts";
import { competitionTable } from "./competition-table.ts";
import { targetsIn } from "./competition-targets.ts";
import { compete } from "./rounds.ts";
import type { Section } from "./section.ts";
import type { Workload } from "./workloads.ts";

/** Everybody at the same work, in rounds. */
export function competitionIn(workload: Workload): Section {
  const { id, nodes, inFlight, entrants, features, lost, commandTimeout } = workload;
  const isFloor = (contestant: string) => features && contestant === "redsync";
  return {
    id,
    async measure({ effort, wantsContestant }) {
      const wanted = entrants
        .filter((contestant) => wantsContestant(contestant) || isFloor(contestant))
        .map((contestant) => ({
          contestant,
          inFlight,
          ...(commandTimeout && { commandTimeout: effort.commandTimeoutMs }),
        }));
      const results = await compete({ entrants: wanted, nodes, lost, countsScripts: features }, effort);
      const rows = compare(workload, results);
      return {
        text: competitionTable(workload, rows),
        rows: rows.map(({ pairsPerSecond, contestant, failure, lack }) => ({
          title: contestant,
          contestant,
          measured: pairsPerSecond?.median,
          failure,
          lack,
        })),
        targets: targetsIn(workload, rows, results),
      };
    },
  };
}

import { type ContestantId, contestantsOn } from "./contestants.ts";
import { hundredths, whole } from "./figures.ts";
import type { Section } from "./section.ts";
import { table } from "./table.ts";
import type { Target } from "./targets.ts";
import { titleOf } from "./title.ts";
import { type Traffic, trafficOf } from "./traffic.ts";
import { nodesIn } from "./workloads.ts";

const IN_FLIGHT = [1, 100] as const;

/** What the servers have to do and to read for a pair. */
export function trafficOn(nodes: number): Section {
  return {
    id: `traffic-${nodes}`,
    async measure({ effort, wantsContestant }) {
      const wanted = contestantsOn(nodes).filter(wantsContestant);
      const entrants = wanted.flatMap((contestant) =>
        IN_FLIGHT.map((inFlight) => ({ contestant, inFlight })),
      );
      const measured = await trafficOf(entrants, nodes, effort);
      return {
        text: trafficTable(nodes, wanted, measured),
        rows: wanted.map((contestant) => {
          const all = measured.filter(({ entrant }) => entrant.contestant === contestant);
          return {
            title: contestant,
            contestant,
            measured: all[0]?.perPair?.commands,
            failure: all.find(({ failure }) => failure !== undefined)?.failure,
            lack: all[0]?.lack,
          };
        }),
        targets: wanted.includes("redsync")
          ? IN_FLIGHT.map((inFlight) => targetOf(nodes, inFlight, measured))
          : [],
      };
    },
  };
}

function countsOf(id: ContestantId, inFlight: number, measured: readonly Traffic[]) {
  return measured.find(({ entrant }) => entrant.contestant === id && entrant.inFlight === inFlight);
}

function trafficTable(
  nodes: number,
  contestants: readonly ContestantId[],
  measured: readonly Traffic[],
): string {
  const body = contestants.map((id) => [
    titleOf(id, nodes),
    ...IN_FLIGHT.flatMap((inFlight) => {
      const { perPair, lack, failure } = countsOf(id, inFlight, measured) ?? {};
      if (perPair === undefined) return [lack ?? failure ?? "not known", "–"];
      return [hundredths(perPair.commands), whole.format(perPair.bytes)];
    }),
  ]);
  const head = ["", "commands/pair", "bytes/pair", "commands/pair, 100 in flight", "bytes/pair"];
  return `### What the servers do and read for a pair, ${nodesIn(nodes)}\n\n${table(head, body)}\n`;
}

function targetOf(nodes: number, inFlight: number, measured: readonly Traffic[]): Target {
  const written = (id: ContestantId) => {
    const perPair = countsOf(id, inFlight, measured)?.perPair;
    return perPair === undefined
      ? "not known"
      : `${hundredths(perPair.commands)} and ${whole.format(perPair.bytes)}`;
  };
  const how = inFlight === 1 ? "one after another" : `${inFlight} in flight`;
  return {
    what: `Commands and bytes a pair, ${how}, ${nodesIn(nodes)}`,
    measured: written("redsync"),
    beside: `by hand ${written("by-hand")}`,
  };
}

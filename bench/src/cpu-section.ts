import { cpu, cpuPerPair, ratioWithinRounds } from "./comparison.ts";
import { type ContestantId, contestant } from "./contestants.ts";
import { hundredths, range, tenths } from "./figures.ts";
import { type NodeVersion, nodeVersions } from "./node-versions.ts";
import { compete, type Result } from "./rounds.ts";
import type { Section } from "./section.ts";
import type { Summary } from "./statistics.ts";
import { table } from "./table.ts";
import type { Target } from "./targets.ts";
import { atMost, inOneCell, ratio as ofRatios, type Verdict } from "./verdict.ts";

const contestants: readonly ContestantId[] = [
  "by-hand",
  "by-hand-again",
  "by-hand-auto-pipelining",
  "redsync",
  "redsync-shared-mutex",
];

/** The most that a pair of ours may take, beside one by hand. */
const limits: Partial<Record<NodeVersion, number>> = { "20": 1.4, "24": 1.2 };

/** What one contestant's pair takes on one version of Node. */
interface Row {
  readonly result: Result;
  readonly title: string;
  readonly perPair?: Summary;
  /** To by hand on the same Node, in the same round. */
  readonly ratio?: Summary | undefined;
  readonly autoPipeliningRatio?: Summary | undefined;
  readonly verdict?: Verdict;
}

/** The process's own CPU, one after another on one node. */
export const cpuSection: Section = {
  id: "cpu",
  async measure({ effort, wantsContestant }) {
    const wanted = contestants.filter(wantsContestant);
    const entrants = nodeVersions.flatMap((node) =>
      wanted.map((contestant) => ({ contestant, inFlight: 1, node })),
    );
    const results = await compete({ entrants, nodes: 1 }, effort);
    const rows = results.map((result) => rowOf(result, results));
    return {
      text: cpuTable(rows),
      rows: rows.map(({ title, perPair, result: { failure, lack } }) => ({
        title,
        measured: perPair?.median,
        failure,
        lack,
      })),
      targets: rows.filter(isOurs).map((row) => targetOf(row, rows)),
    };
  },
};

function isOurs({ result }: Row): boolean {
  return result.entrant.contestant === "redsync";
}

function rowOf(result: Result, results: readonly Result[]): Row {
  const { contestant: id, node } = result.entrant;
  const besides = (floor: ContestantId) =>
    ratioWithinRounds(
      result,
      results.find(({ entrant }) => entrant.contestant === floor && entrant.node === node),
      cpu,
    );
  const ratio = besides("by-hand");
  const limit = node && limits[node];
  return {
    result,
    title: `${contestant(id).label}, Node ${node}`,
    ...(result.slices.some((slice) => slice !== undefined) && { perPair: cpuPerPair(result.slices) }),
    ratio,
    autoPipeliningRatio: besides("by-hand-auto-pipelining"),
    ...(limit !== undefined && id === "redsync" && { verdict: atMost(limit, ratio?.median, ofRatios) }),
  };
}

function cpuTable(rows: readonly Row[]): string {
  const head = ["", "µs/pair", "middle half", "× by hand", "middle half", "× auto-pipelining", "target"];
  const body = rows.map(({ result, title, perPair, ratio, autoPipeliningRatio, verdict }) => [
    title,
    perPair === undefined ? (result.lack ?? result.failure ?? "not known") : tenths.format(perPair.median),
    range(perPair, tenths.format),
    hundredths(ratio?.median),
    range(ratio, hundredths),
    hundredths(autoPipeliningRatio?.median),
    inOneCell(verdict),
  ]);
  return `### CPU a pair, one after another, 1 node\n\n${table(head, body)}\n`;
}

function targetOf(row: Row, rows: readonly Row[]): Target {
  const { node } = row.result.entrant;
  const byHand = rows.find(
    ({ result: { entrant } }) => entrant.contestant === "by-hand" && entrant.node === node,
  );
  const times = byHand?.perPair === undefined ? "–" : tenths.format(byHand.perPair.median);
  return {
    what: `CPU a pair, one after another, 1 node, Node ${node}`,
    ...(row.verdict !== undefined && {
      target: `${row.verdict.target} × by hand`,
      outcome: row.verdict.outcome,
    }),
    measured: hundredths(row.ratio?.median),
    beside: `by hand ${times} µs; ${hundredths(row.autoPipeliningRatio?.median)} × by hand with auto-pipelining`,
  };
}

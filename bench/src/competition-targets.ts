import { ofContestant, type Row, rate, ratioWithinRounds } from "./comparison.ts";
import { verdictOn } from "./competition-table.ts";
import { type ContestantId, contestant } from "./contestants.ts";
import { hundredths } from "./figures.ts";
import type { Result } from "./rounds.ts";
import type { Target } from "./targets.ts";
import { atLeast, ratio } from "./verdict.ts";
import type { Workload } from "./workloads.ts";

/** What a workload's rounds say about its targets. */
export function targetsIn(workload: Workload, rows: readonly Row[], results: readonly Result[]): Target[] {
  const { title, nodes, aheadOfPeers, lost } = workload;
  const against = rows.flatMap((row): Target[] => {
    const verdict = verdictOn(row);
    if (verdict === undefined) return [];
    return [
      {
        what: title,
        target: `${verdict.target} × by hand${nodes === 1 ? "" : " at quorum"}`,
        measured: hundredths(row.ratio?.median),
        outcome: verdict.outcome,
        beside: lost === undefined ? besideAutoPipelining(row) : times(row, rows),
      },
    ];
  });
  return aheadOfPeers ? [...against, ...aheadIn(title, results)] : against;
}

function besideAutoPipelining({ autoPipeliningRatio }: Row): string {
  return `${hundredths(autoPipeliningRatio?.median)} × by hand with auto-pipelining`;
}

/** How long a pair takes, ours and that of others, one in flight. */
function times(row: Row, rows: readonly Row[]): string {
  const timeOf = (label: string, row: Row | undefined) =>
    `${label} ${row?.pairsPerSecond === undefined ? "failed" : `${hundredths(1_000 / row.pairsPerSecond.median)} ms`}`;
  const named = (id: ContestantId) => rows.find((other) => other.contestant === id);
  return [
    timeOf("a pair", row),
    timeOf("redlock 5", named("redlock")),
    timeOf("by hand", named("by-hand-quorum")),
  ].join(", ");
}

/** Ours beside the fastest of the peers; what is done in Go is told, and decides nothing. */
function aheadIn(title: string, results: readonly Result[]): Target[] {
  const ours = ofContestant(results, "redsync");
  const closest = (isRival: (id: ContestantId) => boolean) =>
    results
      .filter(({ entrant }) => isRival(entrant.contestant))
      .map((rival) => ({
        label: contestant(rival.entrant.contestant).label,
        times: ours && ratioWithinRounds(ours, rival, rate)?.median,
      }))
      .filter((rival): rival is { label: string; times: number } => rival.times !== undefined)
      .sort((one, other) => one.times - other.times)[0];
  const peer = closest((id) => contestant(id).isPeer === true);
  const inGo = closest((id) => contestant(id).go !== undefined);
  if (peer === undefined) return [];
  return [
    {
      what: `${title}, ahead of every peer`,
      target: "≥ 1.00 × the fastest",
      measured: `${hundredths(peer.times)} × ${peer.label}`,
      outcome: atLeast(1, peer.times, ratio).outcome,
      ...(inGo !== undefined && { beside: `${hundredths(inGo.times)} × ${inGo.label}` }),
    },
  ];
}

import { type ContestantId, contestant } from "./contestants.ts";
import type { Slice } from "./protocol.ts";
import type { Result } from "./rounds.ts";
import { type Summary, summary } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** One contestant beside the commands sent by hand, or beside a plain lock. */
export interface Row {
  readonly contestant: ContestantId;
  readonly pairsPerSecond?: Summary;
  readonly cpuPerPair?: Summary;
  readonly commands?: number;
  /** Of its rate to that of what it is compared with in the same round. */
  readonly ratio?: Summary;
  readonly target?: number;
  readonly rounds: number;
  readonly failure?: string;
  readonly lack?: string;
}

/** Compares like with like: who waits for all nodes with what waits for all, who returns at quorum with what does. */
export function compare(workload: Workload, results: readonly Result[]): Row[] {
  return results.map((result) => {
    const baseline = results.find((other) => other.contestant === baselineOf(result.contestant, workload));
    return row(result, baseline, workload.targets[result.contestant]);
  });
}

/** Where nodes are lost, whoever waits for all of them by hand waits for ever: only the quorum is left to compare with. */
function baselineOf(id: ContestantId, { nodes, lost, features }: Workload): ContestantId {
  if (features) return "redsync";
  if (nodes === 1) return "by-hand";
  return lost !== undefined || contestant(id).waitsFor === "quorum" ? "by-hand-quorum" : "by-hand";
}

function row(result: Result, baseline: Result | undefined, target: number | undefined): Row {
  const slices = result.slices.filter((slice) => slice !== undefined);
  const ratios = result.slices.flatMap((slice, round) => {
    const other = baseline?.slices[round];
    return slice === undefined || other === undefined ? [] : [rate(slice) / rate(other)];
  });
  return {
    contestant: result.contestant,
    rounds: slices.length,
    ...(slices.length > 0 && {
      pairsPerSecond: summary(slices.map(rate)),
      cpuPerPair: summary(slices.map(({ cpu, pairs }) => cpu / pairs)),
    }),
    ...(ratios.length > 0 && { ratio: summary(ratios) }),
    ...(target !== undefined && { target }),
    ...(result.commands !== undefined && { commands: result.commands }),
    ...(result.failure !== undefined && { failure: result.failure }),
    ...(result.lack !== undefined && { lack: result.lack }),
  };
}

function rate({ pairs, ms }: Slice): number {
  return (pairs * 1_000) / ms;
}

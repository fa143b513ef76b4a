import type { ContestantId } from "./contestants.ts";
import { floorsOf } from "./floors.ts";
import type { Slice } from "./protocol.ts";
import type { Result } from "./rounds.ts";
import { type Summary, summary } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** One contestant beside the commands sent by hand, or beside a plain lock. */
export interface Row {
  readonly contestant: ContestantId;
  readonly pairsPerSecond?: Summary;
  readonly cpuPerPair?: Summary;
  readonly scripts?: number;
  /** Of its rate to that of what it is compared with in the same round. */
  readonly ratio?: Summary;
  /** The same, beside commands by hand that the client puts together. */
  readonly autoPipeliningRatio?: Summary;
  readonly target?: number;
  readonly rounds: number;
  readonly failure?: string;
  readonly lack?: string;
}

export function compare(workload: Workload, results: readonly Result[]): Row[] {
  return results.map((result) => row(workload, result, results));
}

function row(workload: Workload, result: Result, results: readonly Result[]): Row {
  const { contestant } = result.entrant;
  const { plain, autoPipelining } = floorsOf(contestant, workload);
  const slices = result.slices.filter((slice) => slice !== undefined);
  const ratio = ratioWithinRounds(result, ofContestant(results, plain), rate);
  const other = autoPipelining && ratioWithinRounds(result, ofContestant(results, autoPipelining), rate);
  const target = workload.targets[contestant];
  return {
    contestant,
    rounds: slices.length,
    ...(slices.length > 0 && { pairsPerSecond: summary(slices.map(rate)), cpuPerPair: cpuPerPair(slices) }),
    ...(ratio !== undefined && { ratio }),
    ...(other !== undefined && { autoPipeliningRatio: other }),
    ...(target !== undefined && { target }),
    ...(result.scripts !== undefined && { scripts: result.scripts }),
    ...(result.failure !== undefined && { failure: result.failure }),
    ...(result.lack !== undefined && { lack: result.lack }),
  };
}

export function ofContestant(results: readonly Result[], id: ContestantId): Result | undefined {
  return results.find(({ entrant }) => entrant.contestant === id);
}

/** What one has of a quantity for each that another has in the same round, or undefined if they have no round together. */
export function ratioWithinRounds(
  result: Result,
  floor: Result | undefined,
  quantity: (slice: Slice) => number,
): Summary | undefined {
  const ratios = result.slices.flatMap((slice, round) => {
    const other = floor?.slices[round];
    return slice === undefined || other === undefined ? [] : [quantity(slice) / quantity(other)];
  });
  return ratios.length > 0 ? summary(ratios) : undefined;
}

/** Pairs a second. */
export function rate({ pairs, ms }: Slice): number {
  return (pairs * 1_000) / ms;
}

/** Microseconds of CPU a pair. */
export function cpu(slice: Slice): number {
  return slice.cpu / slice.pairs;
}

export function cpuPerPair(slices: readonly (Slice | undefined)[]): Summary {
  return summary(slices.filter((slice) => slice !== undefined).map(cpu));
}

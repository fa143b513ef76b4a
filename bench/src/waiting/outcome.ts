import { quantile } from "../statistics.ts";
import type { Tally } from "./protocol.ts";
import type { Holding } from "./servers.ts";
import type { WaiterId } from "./waiters.ts";

/** What a waiter's rounds came to. */
export interface Outcome {
  readonly waiter: WaiterId;
  readonly counted?: Counted;
  /** Why it did not get to the end. */
  readonly failure?: string;
  /** Why it did not even begin: what this machine lacks. */
  readonly lack?: string;
}

export interface Counted {
  readonly seconds: number;
  readonly acquired: number;
  /** From one owner to another. */
  readonly changes: number;
  /** Of each owner, in acquisitions. */
  readonly shares: readonly number[];
  readonly waits: { readonly median: number; readonly p99: number; readonly longest: number };
  /** Per acquisition and node. */
  readonly commands: number;
  /** What clients sent to each node altogether. */
  readonly sent: number;
  /** Microseconds of all servers, per acquisition. */
  readonly serverCpu: number;
  readonly gaveUp: number;
  readonly overlaps: number;
  /** The median of the arrivals, and of the ratios to the work done meanwhile; longer than this if not all were done. */
  readonly makespan?: { readonly ms: number; readonly ratio: number; readonly isDone: boolean };
  /** Who held the lock at the end of what was counted. */
  readonly holdings: readonly Holding[];
  /** Bytes of heap for each task that waits. */
  readonly heapPerTask?: number;
}

/** How many of neighbouring owners differ. */
export function changesAmong(owners: readonly unknown[]): number {
  return owners.filter((owner, index) => index > 0 && owner !== owners[index - 1]).length;
}

/** How often each of so many owners is among these. */
export function sharesOf(owners: readonly number[], count: number): number[] {
  const shares = Array.from({ length: count }, () => 0);
  for (const owner of owners) shares[owner] = (shares[owner] ?? 0) + 1;
  return shares;
}

/** The longest is also that of a task which still waits. */
export function waitsOf(tallies: readonly Tally[]): Counted["waits"] {
  const sorted = tallies.flatMap(({ waits }) => waits).sort((a, b) => a - b);
  const stillWaiting = Math.max(...tallies.map(({ stillWaiting }) => stillWaiting));
  return {
    median: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    longest: Math.max(sorted.at(-1) ?? 0, stillWaiting),
  };
}

/** The largest share by which an owner had more or less than an equal part. */
export function unevenness(shares: readonly number[]): number {
  const equal = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.max(...shares.map((share) => Math.abs(share - equal))) / equal;
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

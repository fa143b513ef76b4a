/** The checks, by the words that `--skip` takes. */
export const CHECKS = [
  "nodes",
  "connection",
  "version",
  "identity",
  "role",
  "cluster",
  "eviction",
  "persistence",
  "clock",
  "rights",
  "fencing",
  "queue",
  "channels",
  "lock",
  "latency",
] as const;

export type Check = (typeof CHECKS)[number];

/** "danger": two may hold a name, or nobody can; "warning": something works less well; "unknown": the server does not tell. */
export type Verdict = "ok" | "warning" | "danger" | "unknown";

/** What one check has found. */
export interface Finding {
  readonly check: Check;
  /** Where; undefined if it is about all nodes together. */
  readonly node?: string | undefined;
  readonly verdict: Verdict;
  /** What is so. */
  readonly what: string;
  /** What to do, unless all is well. */
  readonly advice?: string;
}

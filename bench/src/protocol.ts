import type { ContestantId } from "./contestants.ts";

/** How a contestant's process is started. In Go it is told its expiry, its client and `failFast` as well. */
export interface Assignment<Id = ContestantId> {
  readonly contestant: Id;
  /** What sets the names of its locks apart. */
  readonly lane: string;
  /** Of the servers; none for core alone. */
  readonly ports: readonly number[];
  readonly inFlight: number;
  /** How many nodes there are inside the process, for core alone. */
  readonly memoryNodes?: number;
  /** The option of ioredis, in ms. */
  readonly commandTimeout?: number;
}

/** What the process is told to do. */
export type Request =
  | { readonly do: "run"; readonly ms: number }
  | { readonly do: "allocate"; readonly pairs: number };

/** What one slice came to. */
export interface Slice {
  readonly pairs: number;
  readonly ms: number;
  /** Microseconds of CPU, user and system. */
  readonly cpu: number;
}

/** What the process says. */
export type Report =
  | { readonly said: "ready" }
  | { readonly said: "ran"; readonly slice: Slice }
  /** Bytes of heap for one pair; null if a garbage collection came between. */
  | { readonly said: "allocated"; readonly bytes: number | null }
  | { readonly said: "failed"; readonly reason: string };

import type { RedisNode } from "@redsync/core";

/**
 * What a case may need beyond one node that keeps the contract:
 *
 * - `several`: more than one independent node
 * - `subscribe`: nodes with the optional method of that name
 * - `lua`: a server that runs any Lua script, not core's alone
 * - `flush`: `SCRIPT FLUSH` reaches the server that has the key
 * - `blocking`: a server whose commands may block (`BLPOP`)
 * - `batches`: a runtime on which one command may hold what several calls ask
 * - `lines`: a runtime on which calls of one process may wait for each other
 * - `connections`: the number of connections to a node's server can be asked for
 */
export type Capability =
  | "several"
  | "subscribe"
  | "lua"
  | "flush"
  | "blocking"
  | "batches"
  | "lines"
  | "connections";

/** Nodes that were opened for one case. */
export interface Opened {
  /** Independent nodes, none of them twice. Their keys may be shared with other cases: each case has names of its own. */
  readonly nodes: readonly RedisNode[];
  /** How many connections the server behind a node has now. */
  readonly connections?: (node: number) => Promise<number>;
  /** Gives the nodes back. */
  close(): Promise<void>;
}

/** One client on one runtime: what a runner gives to the cases. */
export interface Harness {
  /** How the test report calls it: "ioredis 6". */
  readonly name: string;
  /** Opens `count` nodes, 1 to 5; never more than 1 if `several` is lacking. */
  openNodes(count: number): Promise<Opened>;
  /** What it cannot do, each with the reason, which the test report shows. */
  readonly lacks?: Readonly<Partial<Record<Capability, string>>>;
}

/** A promise that every harness keeps, unless it lacks what the case needs. */
export interface Case {
  /** The promise, as a sentence that begins with it. */
  readonly title: string;
  readonly needs?: readonly Capability[];
  /** Whether nothing goes wrong in it: such cases are played on every version of a runtime, the others on one. */
  readonly isFaultless?: boolean;
  /** Resolves if the promise is kept; rejects saying what is not so. */
  run(harness: Harness): Promise<void>;
}

/** Where a harness is played. */
export interface Runtime {
  /** With its version: "Node 24.21.0". */
  readonly name: string;
  /** Throws, or rejects, if this is another runtime or another version of it. */
  prove(): void | Promise<void>;
}

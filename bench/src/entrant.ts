import type { ContestantId } from "./contestants.ts";
import type { NodeVersion } from "./node-versions.ts";

/** A contestant in the setting that it is measured in. */
export interface Entrant {
  readonly contestant: ContestantId;
  /** Pairs under way at the same time. */
  readonly inFlight: number;
  /** The Node that it runs on; by default the one that runs the benchmark. */
  readonly node?: NodeVersion;
  /** How many nodes it has inside its process, in place of servers. */
  readonly memoryNodes?: number;
  /** The option of ioredis, in ms. */
  readonly commandTimeout?: number;
}

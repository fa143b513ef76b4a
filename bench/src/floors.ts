import { type ContestantId, contestant } from "./contestants.ts";
import type { Workload } from "./workloads.ts";

/** What a contestant is compared with. */
export interface Floors {
  /** The commands sent by hand, one by one; for many names in one pipeline; for features a plain lock. */
  readonly plain: ContestantId;
  /** The same by hand with a client that puts what is sent in one turn together. Features have none. */
  readonly autoPipelining?: ContestantId;
}

/**
 * Compares like with like: who waits for all nodes with what waits for all, who returns at quorum with what does. If nodes are lost,
 * whoever waits for all of them by hand waits for ever: only the quorum is left to compare with.
 */
export function floorsOf(id: ContestantId, { nodes, lost, features }: Workload): Floors {
  if (features) return { plain: "redsync" };
  const { only, waitsFor } = contestant(id);
  if (only === "many names") {
    return { plain: "names-by-hand", autoPipelining: "names-by-hand-auto-pipelining" };
  }
  return nodes > 1 && (lost !== undefined || waitsFor === "quorum")
    ? { plain: "by-hand-quorum", autoPipelining: "by-hand-auto-pipelining-quorum" }
    : { plain: "by-hand", autoPipelining: "by-hand-auto-pipelining" };
}

import type { LockSpec, NodeKey } from "../lock-spec.ts";
import type { Place } from "./line.ts";

/** How long a waiter waits for the calls of other nodes once one has called it. */
const GATHERING_MS = 10;

/** What a waiter can count on since it asked last: what nodes keep for it, and what they granted it and it gave back. */
export class Kept {
  readonly #spec: LockSpec;
  /** What nodes keep for it. */
  readonly reserved: Set<NodeKey> = new Set<NodeKey>();
  /** What was free: nobody calls it for that. */
  readonly free: Set<NodeKey> = new Set<NodeKey>();
  /** How often it has waited for other calls since a quorum came last. */
  gathered = 0;

  constructor(spec: LockSpec) {
    this.#spec = spec;
  }

  clear(): void {
    this.reserved.clear();
    this.free.clear();
  }

  /** Whether it is a quorum of nodes for every name. */
  get isQuorum(): boolean {
    const { names, context } = this.#spec;
    const counts = names.map(() => 0);
    for (const { nameIndex } of new Set([...this.reserved, ...this.free]))
      counts[nameIndex] = (counts[nameIndex] ?? 0) + 1;
    return counts.every((count) => count > context.voters.length / 2);
  }

  /** How long to wait for other calls once one has come, in ms. */
  gatherFor({ pause }: Place): number {
    const { names, settings } = this.#spec;
    // An attempt that finds another name taken passes this one on: it is worth some patience. Without an end two would wait each for what
    // is kept for the other one. By a pause that is random, or they would ask at once, and swap.
    if (names.length > 1) return Math.min(pause / 5, 5 * GATHERING_MS);
    // A node that the holder did not get calls one waiter after the other for as long as the lock is held, because each gives back what
    // it alone granted. So they come ever less often, though before the node stops keeping the name for them.
    return Math.min(GATHERING_MS * 2 ** this.gathered++, settings.timeout / 2);
  }
}

import type { LockSpec, NodeKey } from "../lock-spec.ts";

/** What a waiter can count on since it asked last: what nodes keep for it, and what they granted it and it gave back. */
export class Kept {
  readonly #spec: LockSpec;
  /** What nodes keep for it. */
  readonly kept: Set<NodeKey> = new Set<NodeKey>();
  /** What was free: nobody calls it for that. */
  readonly free: Set<NodeKey> = new Set<NodeKey>();

  constructor(spec: LockSpec) {
    this.#spec = spec;
  }

  clear(): void {
    this.kept.clear();
    this.free.clear();
  }

  /** Whether it is a quorum of nodes for every name. */
  get isQuorum(): boolean {
    const { names, context } = this.#spec;
    const counts = names.map(() => 0);
    for (const { nameIndex } of new Set([...this.kept, ...this.free]))
      counts[nameIndex] = (counts[nameIndex] ?? 0) + 1;
    return counts.every((count) => count > context.voters.length / 2);
  }
}

import { chance } from "../clock.ts";
import type { LockSpec, NodeKey } from "../lock-spec.ts";
import type { Place } from "./line.ts";

/** How long a waiter waits for the calls of other nodes once one has called it. */
const GATHERING_MS = 10;

/** What a waiter can count on since it asked last: what nodes keep for it, and what they granted it and it gave back. */
export class Kept {
  readonly #spec: LockSpec;
  /** What nodes keep for it. */
  readonly reserved: Set<NodeKey> = new Set<NodeKey>();
  /** What was free: nobody calls it for that. But somebody else may have it by now. */
  readonly #free = new Set<NodeKey>();
  /** How often it has waited for other calls, or counted on what was free, since a quorum was kept for it last. */
  #gathered = 0;

  constructor(spec: LockSpec) {
    this.#spec = spec;
  }

  /** The node granted what it kept, or what was free; if the attempt fails, that is given back. */
  granted(key: NodeKey): void {
    this.reserved.delete(key);
    this.#free.add(key);
  }

  clear(): void {
    this.reserved.clear();
    this.#free.clear();
  }

  /** How long to wait for other calls once one has come, in ms; nothing if it should ask at once. */
  gatherFor({ pause }: Place): number {
    const { names, settings, context } = this.#spec;
    const isOne = names.length === 1;
    const isLikely = this.#isQuorum([...this.reserved, ...this.#free]);
    if (isOne ? isLikely : this.#isQuorum(this.reserved)) {
      this.#gathered = 0;
      return 0;
    }
    const growth = 2 ** this.#gathered++;
    const longest = settings.timeout / 2;
    // A node that the holder did not get calls one waiter after the other for as long as the lock is held, because each gives back what
    // it alone granted. So they come ever less often, though before the node stops keeping the name for them.
    if (isOne) return Math.min(GATHERING_MS * growth, longest);
    if (isLikely && growth === 1) return 0;
    // An attempt that finds another name taken passes this one on: it is worth some patience. Without an end two would wait each for what
    // is kept for the other one. Those that ask in step would swap for ever: held by "lists that share names do not swap for ever".
    return Math.min(Math.min(pause / 5, 5 * GATHERING_MS) * growth, longest) * chance(context.clock);
  }

  /** Whether it is a quorum of nodes for every name. */
  #isQuorum(keys: Iterable<NodeKey>): boolean {
    const { names, context } = this.#spec;
    const counts = names.map(() => 0);
    for (const { nameIndex } of new Set(keys)) counts[nameIndex] = (counts[nameIndex] ?? 0) + 1;
    return counts.every((count) => count > context.voters.length / 2);
  }
}

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

  /** One more node keeps the name for it. Returns whether it should ask at once, and not wait for other calls. */
  add(key: NodeKey): boolean {
    this.reserved.add(key);
    const isOne = this.#spec.names.length === 1;
    const isLikely = this.#isQuorum([...this.reserved, ...this.#free]);
    if (isOne ? isLikely : this.#isQuorum(this.reserved)) {
      this.#gathered = 0;
      return true;
    }
    return isLikely && this.#gathered++ === 0;
  }

  /** How long to wait for other calls, in ms. */
  gatherFor({ pause }: Place): number {
    const { names, settings, context } = this.#spec;
    const growth = 2 ** this.#gathered++;
    const longest = settings.timeout / 2;
    // A node that the holder did not get calls one waiter after the other for as long as the lock is held, because each gives back what
    // it alone granted. So they come ever less often, though before the node stops keeping the name for them.
    if (names.length === 1) return Math.min(GATHERING_MS * growth, longest);
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

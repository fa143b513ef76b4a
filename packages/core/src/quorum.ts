/** What a node's script answered. "granted" stands for a yes: taken for us, extended, deleted, or confirmed. */
export type Answer = "granted" | "taken" | "absent";

/** How a node counts: its answer, or *failed* (the server refused) or *unknown* (no answer: it may have run or not). */
export type Vote = Answer | "failed" | "unknown";

/** Counts the votes of one round. Pure: no verdict depends on the order in which the votes came. */
export class Tally {
  readonly nodes: number;
  readonly quorum: number;
  granted = 0;
  taken = 0;
  absent = 0;
  failed = 0;
  unknown = 0;

  constructor(nodes: number) {
    this.nodes = nodes;
    this.quorum = Math.floor(nodes / 2) + 1;
  }

  count(vote: Vote): void {
    this[vote]++;
  }

  get isComplete(): boolean {
    return this.granted + this.taken + this.absent + this.failed + this.unknown >= this.nodes;
  }

  get isGranted(): boolean {
    return this.granted >= this.quorum;
  }

  /** Others' values alone rule out a quorum: also a tie of an even number of nodes, and a split among several. */
  get isContended(): boolean {
    return this.#rulesOutQuorum(this.taken);
  }

  /** The nodes without our value rule out that a quorum has it. */
  get isLost(): boolean {
    return this.#rulesOutQuorum(this.taken + this.absent);
  }

  /**
   * The two facts that no later vote can change. Settling early on anything else would let the order of the replies
   * decide the verdict: {failed, taken, taken} would be "failed" or "taken" by who came last.
   */
  get isSettledEarly(): boolean {
    return this.isGranted || this.isContended;
  }

  #rulesOutQuorum(against: number): boolean {
    return against > this.nodes - this.quorum;
  }
}

/** What became of a lock that was unlocked. */
export type UnlockResult = "released" | "expired" | "taken";

/**
 * The verdict of an unlock, or null where too few nodes answered to know.
 *
 * While the clock still says `valid`, a node that has nothing may have lost it to this very delete, resent by the client
 * after its first reply was lost: it counts as released, unless another node shows that somebody else has the lock.
 */
export function judgeRelease(tally: Tally, valid: boolean): UnlockResult | null {
  const released = tally.granted + (valid && tally.taken === 0 ? tally.absent : 0);
  if (released >= tally.quorum) return "released";
  if (tally.isLost) return tally.taken > 0 ? "taken" : "expired";
  return null;
}

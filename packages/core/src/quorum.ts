/** What a node's script answered. "granted" stands for a yes: taken for us, extended, deleted, or confirmed. */
export type Answer = "granted" | "taken" | "absent";

/** What became of a lock that was unlocked. */
export type UnlockResult = "released" | "expired" | "taken";

/** How many nodes answered what for one name; who did not answer, or refused, is none of them. */
type Tally = Record<Answer, number>;

/**
 * The votes of one round, name by name: all names must be granted, and one that is not is enough. Pure: no verdict depends on
 * the order in which the answers came.
 */
export class Ballot {
  readonly nodes: number;
  readonly quorum: number;
  readonly #tallies: readonly Tally[];

  /** `granted`: who has granted before the vote, each one of the names by its place among them. */
  constructor(names: readonly string[], nodes: number, granted: readonly { readonly of: number }[] = []) {
    this.nodes = nodes;
    this.quorum = Math.floor(nodes / 2) + 1;
    this.#tallies = names.map(() => ({ granted: 0, taken: 0, absent: 0 }));
    for (const { of } of granted) this.count(of, "granted");
  }

  count(name: number, answer: Answer): void {
    (this.#tallies[name] as Tally)[answer]++;
  }

  /** The fewest nodes that granted one of the names. */
  get granted(): number {
    return Math.min(...this.#tallies.map(({ granted }) => granted));
  }

  get isGranted(): boolean {
    return this.#tallies.every(({ granted }) => granted >= this.quorum);
  }

  /** Others' values alone rule out a quorum: also a tie of an even number of nodes, and a split among several. */
  get isContended(): boolean {
    return this.#tallies.some(({ taken }) => this.#rulesOutQuorum(taken));
  }

  /** The nodes without our value rule out that a quorum has it. */
  get isLost(): boolean {
    return this.#tallies.some((tally) => this.#isLost(tally));
  }

  /**
   * The verdict of an unlock, or null where too few nodes answered to know. One name that was no longer ours makes a lock that
   * was not.
   *
   * While the clock still says `valid`, a node that has nothing may have lost it to this very delete, resent by the client
   * after its first reply was lost: it counts as released, unless another node shows that somebody else has the lock.
   */
  released(isValid: boolean): UnlockResult | null {
    const doubtful = this.#tallies.filter(
      ({ granted, taken, absent }) => granted + (isValid && taken === 0 ? absent : 0) < this.quorum,
    );
    if (doubtful.length === 0) return "released";
    const lost = doubtful.filter((tally) => this.#isLost(tally));
    if (lost.length === 0) return null;
    return lost.some(({ taken }) => taken > 0) ? "taken" : "expired";
  }

  /** How many did it, how many must, and until when: they may have done it too late. */
  describe(did: string, validity: number): string {
    return `${this.granted} of ${this.nodes} nodes ${did} and ${this.quorum} must before its validity of ${validity} ms is over`;
  }

  #isLost({ taken, absent }: Tally): boolean {
    return this.#rulesOutQuorum(taken + absent);
  }

  #rulesOutQuorum(against: number): boolean {
    return against > this.nodes - this.quorum;
  }
}

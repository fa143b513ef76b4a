/** What a node's script answered. "ok" is a yes: taken for us, extended, deleted, or confirmed. */
export type NodeAnswer = "ok" | "taken" | "absent";

/** What became of a lock that was unlocked. */
export type UnlockResult = "released" | "expired" | "taken";

/**
 * How many nodes answered what for one name. A node that did not answer, or whose refusal may heal, is none of them; `barred` are
 * those that refuse for good.
 */
type Tally = Record<NodeAnswer | "barred", number>;

/**
 * The votes of one round, name by name: all names must be granted, and one that is not is enough. Pure: no verdict depends on
 * the order in which the answers came. Each vote costs the same, however many names there are.
 */
export class Ballot {
  readonly nodes: number;
  readonly quorum: number;
  readonly #names: number;
  /** Of the names that somebody voted on. */
  readonly #tallies = new Map<number, Tally>();
  #grantedNames = 0;
  #isContended = false;
  #isLost = false;
  #isBarred = false;

  /** `granted`: who has granted before the vote, each one of the names by its place among them. */
  constructor(names: number, nodes: number, granted: readonly { readonly of: number }[] = []) {
    this.nodes = nodes;
    this.quorum = Math.floor(nodes / 2) + 1;
    this.#names = names;
    for (const { of } of granted) this.count(of, "ok");
  }

  count(name: number, vote: keyof Tally): void {
    const tally = this.#tallies.get(name) ?? { ok: 0, taken: 0, absent: 0, barred: 0 };
    this.#tallies.set(name, tally);
    tally[vote]++;
    if (vote === "ok" && tally.ok === this.quorum) this.#grantedNames++;
    this.#isContended ||= this.#rulesOutQuorum(tally.taken);
    this.#isLost ||= this.#isLostBy(tally);
    this.#isBarred ||= this.#rulesOutQuorum(tally.barred);
  }

  /** The fewest nodes that granted one of the names. */
  get granted(): number {
    if (this.#tallies.size < this.#names) return 0;
    let fewest = this.nodes;
    for (const { ok } of this.#tallies.values()) fewest = Math.min(fewest, ok);
    return fewest;
  }

  get isGranted(): boolean {
    return this.#grantedNames === this.#names;
  }

  /** Others' values alone rule out a quorum: also a tie of an even number of nodes, and a split among several. */
  get isContended(): boolean {
    return this.#isContended;
  }

  /** The nodes without our value rule out that a quorum has it. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Refusals that no retry will mend rule out a quorum. */
  get isBarred(): boolean {
    return this.#isBarred;
  }

  /**
   * The verdict of an unlock, or null where too few nodes answered to know. One name that was no longer ours makes a lock that
   * was not.
   *
   * While the clock still says `valid`, a node that has nothing may have lost it to this very delete, resent by the client
   * after its first reply was lost: it counts as released, unless another node shows that somebody else has the lock.
   */
  released(isValid: boolean): UnlockResult | null {
    const doubtful = [...this.#tallies.values()].filter(
      ({ ok, taken, absent }) => ok + (isValid && taken === 0 ? absent : 0) < this.quorum,
    );
    if (doubtful.length === 0) return this.#tallies.size === this.#names ? "released" : null;
    const lost = doubtful.filter((tally) => this.#isLostBy(tally));
    if (lost.length === 0) return null;
    return lost.some(({ taken }) => taken > 0) ? "taken" : "expired";
  }

  /** How many did it, how many must, and until when: they may have done it too late. */
  describe(did: string, validity: number): string {
    return `${this.granted} of ${this.nodes} nodes ${did} and ${this.quorum} must before its validity of ${validity} ms is over`;
  }

  #isLostBy({ taken, absent }: Tally): boolean {
    return this.#rulesOutQuorum(taken + absent);
  }

  #rulesOutQuorum(against: number): boolean {
    return against > this.nodes - this.quorum;
  }
}

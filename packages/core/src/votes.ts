/** What a node's script answered. "ok" is a yes: taken for us, extended, deleted, or confirmed. */
export type NodeAnswer = "ok" | "taken" | "absent";

/** What became of a lock that was unlocked. */
export type UnlockResult = "released" | "expired" | "taken";

/**
 * How many nodes answered what for one name. A node that did not answer, or whose refusal may heal, is none of them; `barred` are
 * those that refuse for good.
 */
class NameVotes implements Record<NodeAnswer | "barred", number> {
  ok = 0;
  taken = 0;
  absent = 0;
  barred = 0;
}

/**
 * The votes of one round, name by name: all names must be granted, and one that is not is enough. Pure: no verdict depends on
 * the order in which the answers came. Each vote costs the same, however many names there are.
 */
export class Votes {
  readonly nodes: number;
  readonly quorum: number;
  readonly #names: number;
  /** By the name's index; only of the names that somebody voted on. A lock mostly has one. */
  #first: NameVotes | undefined;
  #others: Map<number, NameVotes> | undefined;
  #grantedNames = 0;
  #isContended = false;
  #isLost = false;
  #isBarred = false;

  /** `granted` is what has granted before the vote. */
  constructor(names: number, nodes: number, granted?: readonly { readonly nameIndex: number }[]) {
    this.nodes = nodes;
    this.quorum = Math.floor(nodes / 2) + 1;
    this.#names = names;
    if (granted) for (const { nameIndex } of granted) this.count(nameIndex, "ok");
  }

  count(name: number, vote: keyof NameVotes): void {
    const votes = this.#votesOn(name);
    votes[vote]++;
    if (vote === "ok" && votes.ok === this.quorum) this.#grantedNames++;
    this.#isContended ||= this.#rulesOutQuorum(votes.taken);
    this.#isLost ||= this.#isLostBy(votes);
    this.#isBarred ||= this.#rulesOutQuorum(votes.barred);
  }

  /** The fewest nodes that granted one of the names. */
  get granted(): number {
    const counted = this.#counted;
    if (counted.length < this.#names) return 0;
    let fewest = this.nodes;
    for (const { ok } of counted) fewest = Math.min(fewest, ok);
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

  /** Refusals that no retry can change rule out a quorum. */
  get isBarred(): boolean {
    return this.#isBarred;
  }

  /**
   * The verdict of an unlock, or null if too few nodes answered to know. One name that was no longer ours makes a lock that
   * was not.
   *
   * While the clock still says `valid`, a node that has nothing may have lost it to this very delete, resent by the client
   * after its first reply was lost: it counts as released, unless another node shows that somebody else has the lock.
   */
  released(isValid: boolean): UnlockResult | null {
    if (this.isGranted) return "released";
    const counted = this.#counted;
    const doubtful = counted.filter(
      ({ ok, taken, absent }) => ok + (isValid && taken === 0 ? absent : 0) < this.quorum,
    );
    if (doubtful.length === 0) return counted.length === this.#names ? "released" : null;
    const lost = doubtful.filter((votes) => this.#isLostBy(votes));
    if (lost.length === 0) return null;
    return lost.some(({ taken }) => taken > 0) ? "taken" : "expired";
  }

  /** How many did it, how many must, and until when: they may have done it too late. */
  describe(did: string, validity: number): string {
    return `${this.granted} of ${this.nodes} nodes ${did}, and ${this.quorum} must within its validity of ${validity} ms`;
  }

  #votesOn(name: number): NameVotes {
    if (name === 0) {
      this.#first ??= new NameVotes();
      return this.#first;
    }
    this.#others ??= new Map();
    let votes = this.#others.get(name);
    if (votes === undefined) {
      votes = new NameVotes();
      this.#others.set(name, votes);
    }
    return votes;
  }

  get #counted(): readonly NameVotes[] {
    const others = this.#others ? [...this.#others.values()] : [];
    return this.#first ? [this.#first, ...others] : others;
  }

  #isLostBy({ taken, absent }: NameVotes): boolean {
    return this.#rulesOutQuorum(taken + absent);
  }

  #rulesOutQuorum(against: number): boolean {
    return against > this.nodes - this.quorum;
  }
}

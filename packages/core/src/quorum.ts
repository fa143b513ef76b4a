/** What a node's script answered. "granted" stands for a yes: taken for us, extended, deleted, or confirmed. */
export type Answer = "granted" | "taken" | "absent";

/** What became of a lock that was unlocked. */
export type UnlockResult = "released" | "expired" | "taken";

/** A vote is on one of the names, by its place among them. */
interface Vote {
  readonly of: number;
}

/** What the nodes have answered for one name; who did not answer, or refused, is none of them. */
export class Tally {
  readonly nodes: number;
  readonly quorum: number;
  granted = 0;
  taken = 0;
  absent = 0;

  constructor(nodes: number) {
    this.nodes = nodes;
    this.quorum = Math.floor(nodes / 2) + 1;
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

  #rulesOutQuorum(against: number): boolean {
    return against > this.nodes - this.quorum;
  }
}

/**
 * The votes of one round, name by name: all names must be granted, and one that is not is enough. Pure: no verdict depends on
 * the order in which the answers came.
 */
export class Ballot {
  readonly tallies: readonly Tally[];

  /** `granted`: who has granted before the vote. */
  constructor(names: readonly string[], nodes: number, granted: readonly Vote[] = []) {
    this.tallies = names.map(() => new Tally(nodes));
    for (const { of } of granted) this.count(of, "granted");
  }

  count(name: number, answer: Answer): void {
    const tally = this.tallies[name];
    if (tally !== undefined) tally[answer]++;
  }

  get isGranted(): boolean {
    return this.tallies.every((tally) => tally.isGranted);
  }

  get isContended(): boolean {
    return this.tallies.some((tally) => tally.isContended);
  }

  get isLost(): boolean {
    return this.tallies.some((tally) => tally.isLost);
  }

  /** The fewest nodes that granted one of the names. */
  get granted(): number {
    return this.tallies.reduce((fewest, { granted }) => Math.min(fewest, granted), Number.POSITIVE_INFINITY);
  }

  /** How many did it, and how many must. */
  describe(did: string): string {
    const [{ nodes, quorum } = { nodes: 0, quorum: 0 }] = this.tallies;
    return `${this.granted} of ${nodes} nodes ${did} and ${quorum} must`;
  }
}

/**
 * The verdict of an unlock, or null where too few nodes answered to know. One name that was no longer ours makes a lock that
 * was not.
 *
 * While the clock still says `valid`, a node that has nothing may have lost it to this very delete, resent by the client
 * after its first reply was lost: it counts as released, unless another node shows that somebody else has the lock.
 */
export function judgeRelease({ tallies }: Ballot, valid: boolean): UnlockResult | null {
  const results = tallies.map((tally) => {
    const released = tally.granted + (valid && tally.taken === 0 ? tally.absent : 0);
    if (released >= tally.quorum) return "released";
    if (!tally.isLost) return null;
    return tally.taken > 0 ? "taken" : "expired";
  });
  for (const result of ["taken", "expired", null] as const) if (results.includes(result)) return result;
  return "released";
}

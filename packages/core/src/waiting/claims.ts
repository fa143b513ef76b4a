/** A name that a lock has had for longer than this may be away for long: nobody keeps others free for that one. */
const SOON_MS = 250;

/** One that waits, as the nodes' queues know it. */
export interface Entrant {
  /** Its entry in that node's queue of the name; nothing if it may not be entered there. Whoever asks for it sends it. */
  enterAt(node: number, name: string): string;
}

/** Where a call waits. */
interface Waiting {
  readonly entrant: Entrant | undefined;
  /** It is its turn to ask. */
  wake(): void;
}

/** Which names locks of this process have. */
export interface Holders {
  /** For how many milliseconds; undefined if none has it. */
  heldFor(name: string): number | undefined;
}

/**
 * The calls of one `Redsync` that want several names. If a call of this process has one of them, or asks for it, the nodes would refuse
 * it: so it waits here, and is chosen when the name is free again.
 */
export class Claims {
  readonly #holders: Holders;
  /** Who asks the nodes for a name, or was chosen to. */
  readonly #asking = new Map<string, Claim>();
  /** Those that would ask, in the order in which they found that they may not. */
  readonly #waiting = new Set<Claim>();
  /** How many there are. */
  #several = 0;

  constructor(holders: Holders) {
    this.#holders = holders;
  }

  /** Who asks for the name. */
  asking(name: string): Claim | undefined {
    return this.#asking.get(name);
  }

  /** Whether no other call of this process has one of its names, asks for it, or comes before it. One name alone waits in its line. */
  isFree(claim: Claim): boolean {
    if (this.#several === 0) return true;
    return !claim.names.some((name) => this.#isInUse(name, claim)) && !this.#isBehind(claim);
  }

  /** Whether there are any. */
  get hasAny(): boolean {
    return this.#several > 0;
  }

  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  come(claim: Claim): void {
    if (claim.names.length > 1) this.#several++;
  }

  leave(claim: Claim): void {
    this.end(claim);
    if (claim.names.length > 1) this.#several--;
  }

  /** Whether a lock of this process has one of its names. */
  isHeld(claim: Claim): boolean {
    return this.#several > 0 && claim.names.some((name) => this.#holders.heldFor(name) !== undefined);
  }

  wait(claim: Claim): void {
    this.#waiting.add(claim);
  }

  ask(claim: Claim): void {
    this.#waiting.delete(claim);
    for (const name of claim.names) this.#asking.set(name, claim);
  }

  /** It asks no more. */
  end(claim: Claim): void {
    this.#waiting.delete(claim);
    for (const name of claim.names) if (this.#asking.get(name) === claim) this.#asking.delete(name);
  }

  /**
   * Names are free, as far as this process goes. Chooses who asks for them, the first ones first. A name for which somebody in its line has
   * waited for longer is left to that one: `since` tells when it came.
   */
  choose(names: readonly string[], since: (name: string) => number): readonly Claim[] {
    const chosen: Claim[] = [];
    for (const claim of this.#waiting) {
      const wanted = claim.names.filter((name) => names.includes(name));
      if (wanted.length === 0 || wanted.some((name) => since(name) < claim.arrival)) continue;
      if (!this.isFree(claim)) continue;
      this.ask(claim);
      chosen.push(claim);
    }
    return chosen;
  }

  #isInUse(name: string, claim: Claim): boolean {
    const asking = this.#asking.get(name);
    return (asking !== undefined && asking !== claim) || this.#holders.heldFor(name) !== undefined;
  }

  /**
   * Whether the one that has waited longest wants one of its names, and others of this process have the rest for a moment only. Without
   * that, one that wants many names would wait for as long as others come for some of them.
   */
  #isBehind(claim: Claim): boolean {
    const [first] = this.#waiting;
    if (first === undefined || first.arrival >= claim.arrival) return false;
    if (!first.names.some((name) => claim.names.includes(name))) return false;
    const inUse = first.names.filter((name) => this.#isInUse(name, first));
    return inUse.length > 0 && inUse.every((name) => (this.#holders.heldFor(name) ?? 0) <= SOON_MS);
  }
}

/** What one call wants. */
export class Claim {
  readonly names: readonly string[];
  /** In which order calls came. */
  readonly arrival: number;
  place: Waiting | undefined;
  /** It waits though no lock of this process has one of its names: others ask for them, or come before it. */
  isBehind = false;
  readonly #claims: Claims;

  constructor(claims: Claims, names: readonly string[], arrival: number) {
    this.#claims = claims;
    this.names = names;
    this.arrival = arrival;
  }

  get isFree(): boolean {
    return this.#claims.isFree(this);
  }

  /** Whether a lock of this process has one of its names. */
  get isHeld(): boolean {
    return this.#claims.isHeld(this);
  }

  /** It is chosen when such a lock is released. */
  wait(): void {
    this.isBehind = !this.isHeld;
    this.#claims.wait(this);
  }

  /** It would ask now. Returns whether it may; if not, it is chosen when it may. */
  make(): boolean {
    const { isFree } = this;
    if (!isFree) this.wait();
    return isFree;
  }

  /** It asks the nodes. */
  ask(): void {
    this.#claims.ask(this);
  }
}

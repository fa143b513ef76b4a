/** A name that a lock has had for longer than this may be away for long: nobody keeps others free for that one. */
const SOON_MS = 250;

/** One that waits, as the nodes' queues know it. */
export interface Entrant {
  /** Its entry in that node's queue of the name; nothing if it may not be entered there. Whoever asks for it sends it. */
  enterAt(node: number, name: string): string;
  /** For how long it need not ask, from when it was refused, because nodes will call it; if that can be said by now. */
  patience(): number | undefined;
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
 * The calls of one `Redsync` that want several names, and beside them those that want one. If a lock of this process has a name, or a call
 * asks for it, the nodes would refuse it: so whoever wants it waits here, and is chosen when it is free again.
 */
export class Claims {
  readonly #holders: Holders;
  /** Who asks the nodes for a name, or was chosen to. */
  readonly #asking = new Map<string, Claim>();
  /** Those that would ask, by each name that they want, in the order in which they found that they may not. */
  readonly #waiting = new Map<string, Set<Claim>>();
  /** How many want several names. Without them each name has its line, and nothing else. */
  #several = 0;

  constructor(holders: Holders) {
    this.#holders = holders;
  }

  /** Whether no other call of this process has one of its names, asks for it, or comes before it. */
  isFree(claim: Claim): boolean {
    if (this.#several === 0) return true;
    return !claim.names.some((name) => this.#isInUse(name, claim)) && !this.#isBehind(claim);
  }

  /** Whether anybody wants several names. */
  get hasSeveral(): boolean {
    return this.#several > 0;
  }

  /** Whether anybody waits here. */
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
    return claim.names.some((name) => this.#holders.heldFor(name) !== undefined);
  }

  wait(claim: Claim): void {
    for (const name of claim.names) {
      const waiting = this.#waiting.get(name);
      if (waiting) waiting.add(claim);
      else this.#waiting.set(name, new Set([claim]));
    }
  }

  ask(claim: Claim): void {
    this.#stopWaiting(claim);
    for (const name of claim.names) this.#asking.set(name, claim);
  }

  /** It asks no more. */
  end(claim: Claim): void {
    this.#stopWaiting(claim);
    for (const name of claim.names) if (this.#asking.get(name) === claim) this.#asking.delete(name);
  }

  /**
   * Names are free, as far as this process goes: by a lock that `isReleased`, or because somebody was refused. Chooses who asks for them,
   * the first ones first. A name for which somebody in its line has waited for longer is left to that one: `since` tells when it came.
   */
  choose(names: readonly string[], since: (name: string) => number, isReleased: boolean): readonly Claim[] {
    const waiting = new Set<Claim>();
    for (const name of names) for (const claim of this.#waiting.get(name) ?? []) waiting.add(claim);
    const inOrder = [...waiting].sort((one, other) => one.arrival - other.arrival);
    const released = new Set(names);
    return inOrder.filter((claim) => {
      // Two that nodes refuse would otherwise call each other for ever.
      if (claim.wasRefused && !isReleased) return false;
      if (claim.names.some((name) => released.has(name) && since(name) < claim.arrival)) return false;
      if (!this.isFree(claim)) return false;
      this.ask(claim);
      return true;
    });
  }

  #stopWaiting(claim: Claim): void {
    for (const name of claim.names) {
      const waiting = this.#waiting.get(name);
      if (waiting?.delete(claim) && waiting.size === 0) this.#waiting.delete(name);
    }
  }

  #isInUse(name: string, claim: Claim): boolean {
    const asking = this.#asking.get(name);
    return (asking !== undefined && asking !== claim) || this.#holders.heldFor(name) !== undefined;
  }

  /**
   * Whether one that has waited for longer wants one of its names, and others of this process have the rest for a moment only. Without
   * that, one that wants many names would wait for as long as others come for some of them.
   */
  #isBehind(claim: Claim): boolean {
    const seen = new Set<Claim>();
    for (const name of claim.names)
      for (const other of this.#waiting.get(name) ?? []) {
        if (seen.has(other) || other.arrival >= claim.arrival) continue;
        seen.add(other);
        if (this.#isSoonServed(other)) return true;
      }
    return false;
  }

  #isSoonServed(claim: Claim): boolean {
    const inUse = claim.names.filter((name) => this.#isInUse(name, claim));
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
  /** Nodes refused it since its pause: it asks again when a lock is released, and not because somebody else was refused. */
  wasRefused = false;
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
    this.wasRefused = false;
    const { isFree } = this;
    if (!isFree) this.wait();
    return isFree;
  }

  /** It asks the nodes. */
  ask(): void {
    this.#claims.ask(this);
  }
}

import type { Clock } from "../clock.ts";
import { Claim, Claims, type Holders } from "./claims.ts";
import { Line, Place } from "./line.ts";
import type { Streak } from "./streak.ts";

const NONE: readonly Claim[] = [];

/** Those of one `Redsync` that wait for names: one line for each name, in the order in which they came. */
export class Queue {
  readonly #clock: Clock;
  /** Whether a name's line has to make room for other processes: while nodes cannot call those that wait there. */
  readonly #makesRoom: (name: string) => boolean;
  readonly #lines = new Map<string, Line>();
  readonly #claims: Claims;
  #arrivals = 0;

  constructor(clock: Clock, makesRoom: (name: string) => boolean, holders: Holders) {
    this.#clock = clock;
    this.#makesRoom = makesRoom;
    this.#claims = new Claims(holders);
  }

  /** Whether anybody waits for the name; for several names there is no line. */
  hasLine({ 0: name = "", length }: readonly string[]): boolean {
    return length === 1 && this.#lines.size > 0 && this.#lines.has(name);
  }

  /** Whether anybody wants several names: whoever comes looks whether one of them has it. */
  get hasClaims(): boolean {
    return this.#claims.hasSeveral;
  }

  /** A place at the end of the name's line; in no line for several names, which are waited for by whoever wants them all. */
  join(claim: Claim): Place {
    const line = this.#lineOf(claim.names);
    if (line.first) claim.isBehind = line.first.claim.isBehind;
    const place = new Place(line, claim);
    claim.place = place;
    return place;
  }

  /** What a call that comes now wants. */
  claim(names: readonly string[]): Claim {
    const claim = new Claim(this.#claims, names, ++this.#arrivals);
    this.#claims.come(claim);
    return claim;
  }

  /**
   * Who is to ask for names that are about to be free, of those that found that they may not. `wake` has them do it, and the lines of the
   * other names.
   */
  choose(names: readonly string[], isReleased = true): readonly Claim[] {
    if (!this.#claims.areWaiting) return NONE;
    const since = (name: string) => this.#lines.get(name)?.first?.claim.arrival ?? Infinity;
    return this.#claims.choose(names, since, isReleased);
  }

  /** The entry in that node's queue of the one that `wake` will have ask for the name; nothing if nobody does, or may be entered. */
  entryAt(name: string, node: number, chosen: readonly Claim[] = NONE): string {
    const first = this.#lines.get(name)?.first;
    const claim = chosen.find(({ names }) => names.includes(name));
    const place = claim?.place ?? (first?.claim.isFree ? first : undefined);
    return place?.entrant?.enterAt(node, name) ?? "";
  }

  /**
   * A lock of the names was released: who was chosen may ask, in this very turn of the event loop, and the first in the line of any other
   * name. `streak` is that of the line in which the lock was waited for.
   */
  wake(
    names: readonly string[],
    streak: Streak | undefined,
    chosen: readonly Claim[] = this.choose(names),
  ): void {
    for (const { place } of chosen) place?.wake();
    if (this.#lines.size === 0) return;
    for (const name of names) {
      const line = this.#lines.get(name);
      // One that is asking is woken as well: it may be refused yet, and asks again then.
      if (line?.first && !chosen.includes(line.first.claim) && line.first.claim.make()) line.serve(streak);
    }
  }

  /** One was refused, and asks again later: others may come meanwhile. */
  refused(claim: Claim): void {
    this.#claims.end(claim);
    claim.wasRefused = true;
    const chosen = this.choose(claim.names, false);
    // The line of a name was passed over for it.
    if (claim.names.length > 1) this.wake(claim.names, undefined, chosen);
    else for (const { place } of chosen) place?.wake();
  }

  leave(claim: Claim, isGranted: boolean): void {
    this.#claims.leave(claim);
    if (!isGranted) this.refused(claim);
  }

  #lineOf(names: readonly string[]): Line {
    const [name = ""] = names;
    if (names.length > 1)
      return new Line(
        this.#clock,
        () => false,
        () => {},
      );
    let line = this.#lines.get(name);
    if (line === undefined) {
      const makesRoom = () => this.#makesRoom(name);
      line = new Line(this.#clock, makesRoom, () => this.#lines.delete(name));
      this.#lines.set(name, line);
    }
    return line;
  }
}

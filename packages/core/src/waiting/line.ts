import type { Clock } from "../clock.ts";
import type { CallFailure } from "../errors.ts";
import type { Claim, Entrant } from "./claims.ts";
import { Streak } from "./streak.ts";

/** The longest of the pauses by which calls poll by default. A line pauses for no longer while others may take the name. */
const LONGEST_PAUSE_MS = 250;

/** Those that wait for one name. */
export class Line {
  first: Place | undefined;
  last: Place | undefined;
  /** Why the first one was not granted the name last; nothing while a lock of this process has it, or if nobody in line has asked. */
  failure: CallFailure | undefined;
  /** Nobody in it has asked yet. */
  isUntried = true;
  streak: Streak = new Streak();
  /** Of anybody in line, if it is known: to look through a long line for every turn would take longer than the turn. */
  shortestPause: number | undefined;
  readonly #clock: Clock;
  readonly #makesRoom: () => boolean;
  readonly #onEmpty: () => void;

  constructor(clock: Clock, makesRoom: () => boolean, onEmpty: () => void) {
    this.#clock = clock;
    this.#makesRoom = makesRoom;
    this.#onEmpty = onEmpty;
  }

  /** Lets the first one ask at once, unless it is time that other processes get a turn. */
  serve(streak: Streak = this.streak): void {
    this.streak = streak;
    if (streak.released(this.#clock.monotonic(), this.#makesRoom())) this.first?.wake();
    // For all of its pause: who polls more often than that is sure to ask meanwhile.
    else this.first?.promote();
  }

  /** The first one asked, and was granted the name or not. */
  asked(failure: CallFailure | undefined): void {
    this.failure = failure;
    this.isUntried = false;
    this.streak.asked(failure === undefined);
  }

  remove(place: Place, isGranted: boolean): void {
    const wasFirst = this.first === place;
    if (place.previous) place.previous.next = place.next;
    else this.first = place.next;
    if (place.next) place.next.previous = place.previous;
    else this.last = place.previous;
    if (this.first === undefined) this.#onEmpty();
    else if (!wasFirst) return;
    else if (isGranted) this.first.promote();
    // Nodes may have called who gives up, and nobody else then. They do not know this one. If many give up at once, one of them asks.
    else if (place.isCalled) this.first.wake();
    else this.first.hurry(0);
  }
}

/** One that waits. */
export class Place {
  previous: Place | undefined;
  next: Place | undefined;
  /** How long it pauses between two tries, in ms. */
  #pause = Infinity;
  readonly #line: Line;
  /** What it waits for. */
  readonly claim: Claim;
  /** It was called, and has not asked since. */
  isCalled = false;
  #isWoken = false;
  #onWake: (() => void) | undefined;
  #onPromote: (() => void) | undefined;
  #onHurry: ((pause: number) => void) | undefined;
  /** What nodes have of it. */
  entrant: Entrant | undefined;
  /** For how long it need not ask, because nodes call it; if that can be said. */
  patience: number | undefined;
  #keptFor = Infinity;

  constructor(line: Line, claim: Claim) {
    this.#line = line;
    this.claim = claim;
    this.previous = line.last;
    if (line.last) line.last.next = this;
    else line.first = this;
    line.last = this;
  }

  get isFirst(): boolean {
    return this.#line.first === this;
  }

  /** Whether it is its turn to ask. */
  get mayAsk(): boolean {
    return this.isFirst && this.claim.isFree;
  }

  /** How many stand before it. */
  get before(): number {
    let count = 0;
    for (let place = this.previous; place; place = place.previous) count++;
    return count;
  }

  /** Why the first in line was not granted the name last. */
  get failure(): CallFailure | undefined {
    return this.#line.failure;
  }

  /** Whether all that is known is that others of this process ask for one of its names, or come before it. */
  get isBehind(): boolean {
    return this.#line.isUntried && this.claim.isBehind && !this.claim.isHeld;
  }

  get streak(): Streak {
    return this.#line.streak;
  }

  get pause(): number {
    return this.#pause;
  }

  /** The shortest pause of anybody in line: the first one asks for all. */
  get shortestPause(): number {
    this.#line.shortestPause ??= shortestOf(this.#line.first);
    const shortest = Math.min(this.#line.shortestPause, this.#keptFor);
    // A line that pauses for others does not stand still for as long as its users' pauses may be.
    return this.streak.isPausing ? Math.min(shortest, LONGEST_PAUSE_MS) : shortest;
  }

  /** Its turn is kept for a pause of its own, and so long at most: it asks that often from now on. Returns for how long. */
  keepFor(most: number): number {
    this.#keptFor = Math.max(LONGEST_PAUSE_MS, Math.min(this.#pause, most));
    return this.#keptFor;
  }

  /** Whether its turn came before it listened. */
  takeWake(): boolean {
    const isWoken = this.#isWoken;
    this.#isWoken = false;
    return isWoken;
  }

  /**
   * Has `onWake` called when it is this one's turn to ask, and `onPromote` when it is to pause as the first one, while somebody has the
   * name or may take it; as the first, `onHurry` when it is to pause for so long at most. Returns what stops that.
   */
  listen(onWake: () => void, onPromote: () => void, onHurry: (pause: number) => void): () => void {
    this.#onWake = onWake;
    this.#onPromote = onPromote;
    this.#onHurry = onHurry;
    return () => {
      this.#onWake = undefined;
      this.#onPromote = undefined;
      this.#onHurry = undefined;
    };
  }

  /** How long it pauses between two tries, in ms. The first one asks for it too. */
  set pause(ms: number) {
    const line = this.#line;
    if (this.#pause === line.shortestPause) line.shortestPause = undefined;
    else if (line.shortestPause !== undefined) line.shortestPause = Math.min(line.shortestPause, ms);
    this.#pause = ms;
    this.#line.first?.hurry(ms);
  }

  wake(): void {
    this.isCalled = true;
    this.#isWoken = this.#onWake === undefined;
    this.#onWake?.();
  }

  hurry(ms: number): void {
    this.#onHurry?.(ms);
  }

  promote(): void {
    this.#onPromote?.();
  }

  /** It asked the nodes. */
  asked(failure: CallFailure | undefined): void {
    this.isCalled = this.#isWoken;
    if (this.isFirst) this.#line.asked(failure);
  }

  leave(isGranted: boolean): void {
    if (this.#pause === this.#line.shortestPause) this.#line.shortestPause = undefined;
    this.#line.remove(this, isGranted);
  }
}

/** The shortest pause of those from this one on. */
function shortestOf(first: Place | undefined): number {
  let shortest = Infinity;
  for (let place = first; place; place = place.next) shortest = Math.min(shortest, place.pause);
  return shortest;
}

import { between, copyOf, elapsed, type Moment } from "./clock.ts";
import { LockLostError, type LossReason } from "./errors.ts";
import type { LockSpec } from "./lock-spec.ts";
import type { NodeOutcome } from "./node-error.ts";

/** Ours; still its previous owner's while we adopt it; by now its new owner's; unlocked; or lost. */
export type LeaseState = "adopting" | "held" | "handedOver" | "unlocked" | "lost";

type Transition = "confirm" | "lose" | "handOver" | "unlock";

/**
 * What each transition makes of each state. Only an extension that may take the name again confirms a lock that was lost. A lock that was
 * handed over, or unlocked, is not this holder's to lose, and one whose adoption fails stays its previous owner's. Held by "every
 * transition of a lease".
 */
export const transitions: Readonly<Record<Transition, Readonly<Record<LeaseState, LeaseState>>>> = {
  confirm: {
    adopting: "held",
    held: "held",
    handedOver: "handedOver",
    unlocked: "unlocked",
    lost: "held",
  },
  lose: { adopting: "adopting", held: "lost", handedOver: "handedOver", unlocked: "unlocked", lost: "lost" },
  handOver: {
    adopting: "adopting",
    held: "handedOver",
    handedOver: "handedOver",
    unlocked: "unlocked",
    lost: "lost",
  },
  unlock: {
    adopting: "unlocked",
    held: "unlocked",
    handedOver: "unlocked",
    unlocked: "unlocked",
    lost: "unlocked",
  },
};

const WATCH_MS = 1_000;

/** The state of a lock, until when it is valid by the clock, and how it was lost. Nothing else changes that state. */
export class Lease {
  /** How the lock was lost, in the words of an error. */
  verdict = "was lost";
  readonly #spec: LockSpec;
  readonly #acquired: Moment;
  #state: LeaseState;
  /** The start of the round that a quorum granted last, and for how long that is good. */
  #validFrom: Moment;
  #validity = 0;
  /** Milliseconds from `#acquired` to `#validFrom`. Added up round by round as well: a clock that is set back falsifies one of them alone. */
  #heldBefore = 0;
  /** Why the last extension failed: it is in doubt why the lock will end. */
  #lastFailure: readonly NodeOutcome[] | undefined;
  #loss: LockLostError | undefined;
  #controller: AbortController | undefined;
  #timer: unknown;

  /** Begins at the start of the attempt that acquires the lock, or adopts it. */
  constructor(spec: LockSpec, start: Moment, state: "held" | "adopting") {
    this.#spec = spec;
    this.#acquired = copyOf(start);
    this.#validFrom = this.#acquired;
    this.#state = state;
    if (state === "held") this.#validity = spec.settings.validity;
  }

  get state(): LeaseState {
    return this.#state;
  }

  /** When the lock stops being valid for its holder: start of the attempt, plus the expiry, less the drift. */
  get until(): Date {
    return new Date(this.#validFrom.startedAtWall + this.#validity);
  }

  /** Aborts when the lock is lost. Made when it is first read, and watches the clock from then on. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#state === "unlocked" || this.#loss) this.#controller.abort(this.#loss ?? this.#unlocked());
      else this.#watch();
    }
    return this.#controller.signal;
  }

  /** Milliseconds of validity left, by the clock alone; 0 once the lock is known to be lost or was unlocked. */
  get remaining(): number {
    return this.#state === "unlocked" ? 0 : this.validFor;
  }

  /** The same, also after an unlock. In whole milliseconds: what is left of the last is nothing to its holder. */
  get validFor(): number {
    return this.#loss ? 0 : Math.max(0, Math.floor(this.#validity - this.age));
  }

  /** How the lock was lost. What was found first is said for ever, also after an unlock. */
  get loss(): LockLostError | undefined {
    return this.#loss;
  }

  /** Why the lock is over, if that is settled. */
  get end(): LockLostError | undefined {
    return this.#loss ?? (this.#state === "unlocked" ? this.#unlocked() : undefined);
  }

  /** Milliseconds since the start of the round that a quorum granted last. */
  get age(): number {
    return elapsed(this.#spec.context.clock, this.#validFrom);
  }

  /** Milliseconds since the attempt that acquired (or adopted) it began. */
  get heldFor(): number {
    return this.#heldBefore + this.age;
  }

  /** Throws unless the lock is still valid, by the clock alone. A lock whose time is found to have run out is lost. */
  assertHeld(): void {
    if (this.remaining <= 0) throw this.end ?? this.expire();
  }

  /** A quorum has granted it, in a round that began then. */
  confirm(start: Moment): void {
    this.#transition("confirm");
    this.#loss = undefined;
    this.#lastFailure = undefined;
    // Two extensions at once may end in either order.
    if (start.startedAt < this.#validFrom.startedAt) return;
    const { maxHold, validity } = this.#spec.settings;
    const added = this.#heldBefore + between(this.#validFrom, start);
    this.#heldBefore = Math.max(between(this.#acquired, start), added);
    this.#validFrom = copyOf(start);
    this.#validity = Math.min(validity, maxHold - this.#heldBefore);
  }

  /** The lock is found lost. The first time counts, and is reported unless the lock is no longer this holder's. */
  lose(verdict: string, outcomes?: readonly NodeOutcome[], reason?: LossReason): LockLostError {
    const { name } = this.#spec;
    const error = new LockLostError(name, verdict, outcomes, undefined, reason);
    if (this.#loss !== undefined) return error;
    this.#loss = error;
    this.verdict = verdict;
    this.#transition("lose");
    if (this.#state !== "lost" && this.#state !== "adopting") return error;
    const { clock } = this.#spec.context;
    clock.clearTimer(this.#timer);
    this.#controller?.abort(error);
    this.#spec.settings.onEvent?.({ type: "lost", name, reason: error.reason, held: this.heldFor, error });
    return error;
  }

  /** Its time has run out. */
  expire(): LockLostError {
    const { validity, maxHold } = this.#spec.settings;
    const isHeldLongest = this.#validity < validity || maxHold === validity;
    const verdict = isHeldLongest ? `was held for its maxHold of ${maxHold} ms` : "expired";
    return this.lose(`${verdict} at ${this.until.toISOString()}`, this.#lastFailure);
  }

  /** An extension failed. */
  doubt(outcomes: readonly NodeOutcome[]): void {
    this.#lastFailure = outcomes;
  }

  /** Notes that its time has run out: nobody may have watched. */
  noteExpiry(): void {
    if (this.#state !== "unlocked" && this.validFor <= 0) this.expire();
  }

  handOver(): void {
    this.#transition("handOver");
    this.#spec.context.clock.clearTimer(this.#timer);
  }

  unlock(): void {
    this.#transition("unlock");
    this.#spec.context.clock.clearTimer(this.#timer);
  }

  #transition(by: Transition): void {
    this.#state = transitions[by][this.#state];
  }

  /** Both clocks are read again each second: one may stand still, or be set. */
  #watch(): void {
    if (this.#state !== "held" && this.#state !== "adopting") return;
    const left = this.validFor;
    if (left <= 0) this.expire();
    else
      this.#timer = this.#spec.context.clock.setTimer(() => this.#watch(), Math.min(left, WATCH_MS), false);
  }

  #unlocked(): LockLostError {
    return new LockLostError(this.#spec.name, "is no longer held: unlock() was called");
  }
}

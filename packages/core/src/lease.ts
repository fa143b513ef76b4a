import type { Instant } from "./clock.ts";
import { LockLostError, type NodeOutcome } from "./errors.ts";
import type { Target } from "./nodes.ts";

const WATCH_MS = 1_000;

/** The state of a lock: whose it is, until when it is valid by the clock, and how it was lost. */
export class Lease {
  /** Whose it is: ours, still the giver's while we adopt it, by now the heir's, or nobody's after an unlock. */
  owner: "us" | "giver" | "heir" | "nobody" = "us";
  /** What an extension that failed was told: it is in doubt why the lock will end. */
  doubt: readonly NodeOutcome[] | undefined;
  /** The name that is locked; of several, all of them in one text. */
  readonly name: string;
  /** The names that are locked. */
  readonly names: readonly string[];
  readonly #target: Target;
  readonly #since: Instant;
  /** When the round began that a quorum granted last, and for how long that is good. */
  #validFrom: Instant;
  #validity = 0;
  #loss: LockLostError | undefined;
  #controller: AbortController | undefined;
  #timer: unknown;

  constructor(target: Target, since: Instant) {
    this.name = target.name;
    this.names = target.names;
    this.#target = target;
    this.#since = since;
    this.#validFrom = since;
  }

  /** When the lock stops being valid for its holder: start of the attempt, plus the expiry, less the drift. */
  get until(): Date {
    return new Date(this.#validFrom.wall + this.#validity);
  }

  /** Aborts when the lock is lost. Made when it is first read, and watches the clock from then on. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#watch();
    }
    return this.#controller.signal;
  }

  /** Milliseconds of validity left, by the clock alone; 0 once the lock is known to be lost or was unlocked. */
  remaining(): number {
    return this.owner === "nobody" ? 0 : this.left();
  }

  /** Throws unless the lock is still valid, by the clock alone. */
  assertHeld(): void {
    if (this.remaining() <= 0) throw this.final ?? this.expire();
  }

  get loss(): LockLostError | undefined {
    return this.#loss;
  }

  /** Why the lock is over, where that is settled. */
  get final(): LockLostError | undefined {
    // What was found first is what is said for ever: after an unlock, too.
    if (this.#loss || this.owner !== "nobody") return this.#loss;
    return this.#lost("is no longer held: unlock() was called");
  }

  /** Milliseconds since the start of the round that a quorum granted last. */
  get age(): number {
    return this.#validFrom.elapsed();
  }

  /** Milliseconds of validity left, in whole ones: what is left of the last is nothing to its holder. */
  left(): number {
    return this.#loss ? 0 : Math.max(0, Math.floor(this.#validity - this.age));
  }

  /** A quorum has granted it, in a round that began then. */
  hold(started: Instant): void {
    this.#loss = undefined;
    this.doubt = undefined;
    // Two extensions at once may end in either order.
    if (started.monotonic < this.#validFrom.monotonic) return;
    const { maxHold, validity } = this.#target;
    const rest = maxHold - this.#since.elapsed(started);
    this.#validFrom = started;
    this.#validity = Math.min(validity, rest);
  }

  /** The lock is found lost. The first time counts, and is told, unless the lock is in other hands. */
  lose(verdict: string, outcomes?: readonly NodeOutcome[]): LockLostError {
    const error = this.#lost(verdict, outcomes);
    if (this.#loss !== undefined) return error;
    this.#loss = error;
    if (this.#isWatched) {
      this.#target.clock.clearTimer(this.#timer);
      this.#controller?.abort(error);
      const { name, held } = this;
      this.#target.onEvent?.({ type: "lost", name, reason: error.reason, held, error });
    }
    return error;
  }

  /** Its time has run out. */
  expire(): LockLostError {
    const { validity, maxHold } = this.#target;
    const isHeldLongest = this.#validity < validity || maxHold === validity;
    const verdict = isHeldLongest ? `was held for its maxHold of ${maxHold} ms` : "expired";
    return this.lose(`${verdict} at ${this.until.toISOString()}`, this.doubt);
  }

  /** The lock is in other hands, or nobody's: its end is not a loss any more. */
  leave(to: "heir" | "nobody"): void {
    this.owner = to;
    this.#target.clock.clearTimer(this.#timer);
  }

  /** Milliseconds since the attempt that acquired (or adopted) it began. */
  get held(): number {
    return this.#since.elapsed();
  }

  get #isWatched(): boolean {
    return this.owner === "us" || this.owner === "giver";
  }

  /** Both clocks are read again each second: one may stand still, or be set. */
  #watch(): void {
    const { clock } = this.#target;
    const { final } = this;
    if (final) this.#controller?.abort(final);
    if (final || !this.#isWatched) return;
    const left = this.left();
    if (left <= 0) this.expire();
    else this.#timer = clock.setTimer(() => this.#watch(), Math.min(left, WATCH_MS), false);
  }

  #lost(verdict: string, outcomes?: readonly NodeOutcome[]): LockLostError {
    return new LockLostError(this.name, verdict, outcomes);
  }
}

import { type Clock, elapsed, type Instant } from "./clock.ts";
import { type ExtendFailedError, LockLostError, type Outcome } from "./errors.ts";
import { emit, type RedsyncEvent } from "./events.ts";
import type { Target } from "./nodes.ts";
import type { Round } from "./round.ts";

const WATCH_MS = 1_000;

/** How long one lock is valid by the clock, and how it is lost. */
export class Tenure {
  readonly #target: Target;
  readonly #since: Instant;
  #validFrom: Instant | undefined;
  #validity = 0;
  /** Whether it ends because it may not be held for longer. */
  #isHeldLongest = false;
  #doubt: ExtendFailedError | undefined;
  #loss: LockLostError | undefined;
  #controller: AbortController | undefined;
  #timer: unknown;
  #isUnlocked = false;
  #isWatched = true;

  constructor(target: Target, since: Instant) {
    this.#target = target;
    this.#since = since;
  }

  /** Whether a quorum has granted it once. */
  get isConfirmed(): boolean {
    return this.#validFrom !== undefined;
  }

  get isUnlocked(): boolean {
    return this.#isUnlocked;
  }

  get loss(): LockLostError | undefined {
    return this.#loss;
  }

  get until(): Date {
    return new Date((this.#validFrom ?? this.#since).wall + this.#validity);
  }

  /** Milliseconds since the start of the round that a quorum granted last. */
  get age(): number {
    return elapsed(this.#clock, this.#validFrom ?? this.#since);
  }

  /** Milliseconds of validity left, in whole ones: what is left of the last is nothing to its holder. */
  left(): number {
    if (this.#loss !== undefined || this.#validFrom === undefined) return 0;
    return Math.max(0, Math.floor(this.#validity - this.age));
  }

  /** A quorum has granted it. */
  confirm({ started }: Round): void {
    this.#loss = undefined;
    this.#doubt = undefined;
    // Two extensions at once may end in either order.
    if (this.#validFrom !== undefined && started.monotonic < this.#validFrom.monotonic) return;
    const { validity, maxHold } = this.#target.settings;
    const { monotonic, wall } = this.#since;
    const rest = maxHold - Math.max(started.monotonic - monotonic, started.wall - wall);
    this.#validFrom = started;
    this.#validity = Math.min(validity, rest);
    this.#isHeldLongest = rest <= validity;
  }

  /** An extension failed, so that it is in doubt why the lock will end. */
  doubt(failure: ExtendFailedError): void {
    this.#doubt = failure;
  }

  /** Why the lock is over, where that is settled. */
  get final(): LockLostError | undefined {
    if (!this.#isUnlocked) return this.#loss;
    return this.#lost("is no longer held: unlock() was called");
  }

  /** The lock is found lost. The first time counts, and is told, unless the lock is in other hands. */
  lose(verdict: string, outcomes?: readonly Outcome[]): LockLostError {
    const loss = this.#lost(verdict, outcomes);
    if (this.#loss !== undefined) return loss;
    this.#loss = loss;
    if (!this.#isWatched) return loss;
    this.#clock.clearTimer(this.#timer);
    this.#controller?.abort(loss);
    this.tell((name, held) => ({ type: "lost", name, reason: loss.reason, held, error: loss }));
    return loss;
  }

  /** Its time has run out. */
  expire(): LockLostError {
    const { maxHold } = this.#target.settings;
    const verdict = this.#isHeldLongest ? `was held for its maxHold of ${maxHold} ms` : "expired";
    return this.lose(`${verdict} at ${this.until.toISOString()}`, this.#doubt?.outcomes);
  }

  /** Aborts when the lock is lost. Nothing watches the clock until somebody wants it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#watch();
    }
    return this.#controller.signal;
  }

  /** The lock is in other hands, or nobody's: its end is not a loss any more. */
  unwatch(): void {
    this.#isWatched = false;
    this.#clock.clearTimer(this.#timer);
  }

  unlock(): void {
    this.#isUnlocked = true;
    this.unwatch();
  }

  tell(event: (name: string, held: number) => RedsyncEvent): void {
    const { name, settings } = this.#target;
    emit(settings.onEvent, () => event(name, elapsed(this.#clock, this.#since)));
  }

  /** Both clocks are read again each second: one may stand still, or be set. */
  #watch(): void {
    const { final } = this;
    if (final !== undefined) this.#controller?.abort(final);
    if (final !== undefined || !this.#isWatched) return;
    const left = this.left();
    if (left <= 0) this.expire();
    else this.#timer = this.#clock.setTimer(() => this.#watch(), Math.min(left, WATCH_MS), false);
  }

  #lost(verdict: string, outcomes?: readonly Outcome[]): LockLostError {
    return new LockLostError(this.#target.name, verdict, outcomes);
  }

  get #clock(): Clock {
    return this.#target.nodes.clock;
  }
}

import { type Call, during } from "./call.ts";
import type { Claim } from "./claim.ts";
import { type Clock, elapsed, type Instant } from "./clock.ts";
import { ExtendFailedError, LockFailedError, LockLostError, UnlockFailedError } from "./errors.ts";
import { emit, type RedsyncEvent } from "./events.ts";
import { checkOptions, type Settings, type TryLockOptions, type WaitUntil } from "./options.ts";
import { judgeRelease, type UnlockResult } from "./quorum.ts";
import { Round } from "./round.ts";
import type { Work } from "./work.ts";

/**
 * One successful acquisition: the proof of ownership, how long it is valid, and the ways to extend and unlock it.
 *
 * Made by `mutex.lock()`, `mutex.tryLock()` and `mutex.adopt()`. Everything that a holder owns sits here, so that a late
 * unlock can never free somebody else's lock.
 */
export class Lock implements AsyncDisposable {
  /** The name that is locked. */
  readonly name: string;
  readonly #claim: Claim;
  readonly #waitUntil: WaitUntil | undefined;
  readonly #since: Instant;
  #extending: readonly Round[] = [];
  #validFrom: Instant | undefined;
  #loss: LockLostError | undefined;
  #unlocking: Promise<UnlockResult> | undefined;
  #isHandedOver = false;

  /** @internal */
  constructor(claim: Claim, since: Instant, waitUntil: WaitUntil | undefined) {
    this.name = claim.target.name;
    this.#claim = claim;
    this.#since = since;
    this.#waitUntil = waitUntil;
    claim.keepWhile(() => this.#keepsGrants());
  }

  /**
   * The random string that proves ownership: whoever has it can unlock. Keep it out of logs; a lock that is logged does not
   * show it.
   */
  get value(): string {
    return this.#claim.value;
  }

  /** When the lock stops being valid for its holder: start of the attempt, plus the expiry, less the drift. */
  get until(): Date {
    return new Date((this.#validFrom ?? this.#since).wall + this.#settings.validity);
  }

  /**
   * Milliseconds of validity left, by the clock alone; 0 once the lock is known to be lost or was unlocked. Counts the larger
   * of what the monotonic and the wall clock saw pass.
   */
  remaining(): number {
    return this.#unlocking === undefined ? this.#left() : 0;
  }

  /**
   * Throws a `LockLostError` unless the lock is still valid, by the clock alone: for the line before a side effect. It
   * sends nothing; `verify()` asks the nodes.
   */
  assertHeld(): void {
    if (this.remaining() <= 0) throw this.#final() ?? this.#lose(this.#expired());
  }

  /**
   * Asks the nodes, and resolves while a quorum of them holds our value.
   *
   * Rejects with `LockLostError` where it does not, or the lock's time has run out; with `LockFailedError` where too few nodes
   * answered to know; and with the signal's reason.
   */
  verify(options: TryLockOptions = {}): Promise<void> {
    return this.#during(options, async ({ patience, work }) => {
      this.assertHeld();
      const { target, value } = this.#claim;
      const round = new Round({ operation: "verify", target, value, work });
      await patience.race(round.judged);
      round.close();
      patience.throwIfAborted();
      if (round.ballot.isGranted) return this.assertHeld();
      if (round.ballot.isLost) throw this.#lose(this.#lost("is lost", round));
      throw new LockFailedError(this.name, "could not be verified", round.outcomes());
    });
  }

  /**
   * Extends the lock to its full expiry, counted from now.
   *
   * Rejects with `LockLostError` where the lock is no longer ours: finally, and without asking the nodes once its time has
   * run out (save with `setNXOnExtend`). Rejects with `ExtendFailedError` where too few nodes answered: the lock then stays
   * held until its old `until`. Rejects with the signal's reason when aborted; the nodes may have extended it all the same.
   */
  extend(options: TryLockOptions = {}): Promise<void> {
    return this.#during(options, async (call) => {
      const { setNXOnExtend } = this.#settings;
      if (this.#unlocking !== undefined || !setNXOnExtend) this.assertHeld();
      await this.#extend(call, setNXOnExtend);
    });
  }

  /**
   * Unlocks the name on every node, whatever the clock says. Every call returns the first call's promise.
   *
   * Resolves to "released"; or to "expired" or "taken" where the lock was no longer ours, so that the work it guarded may not
   * have been alone. Rejects with `UnlockFailedError` where too few nodes answered to know.
   */
  unlock(options: Pick<TryLockOptions, "waitUntil"> = {}): Promise<UnlockResult> {
    if (this.#unlocking === undefined) {
      try {
        checkOptions(options, ["waitUntil"]);
      } catch (error) {
        return Promise.reject(error);
      }
      this.#unlocking = this.#during(options, ({ work }) => this.#unlock(work));
    }
    return this.#unlocking;
  }

  /**
   * Leaves the lock to whoever adopts its value: the end of a scope (`await using`) no longer unlocks it. An explicit
   * `unlock()` still does, for a giver who could not pass the value on. What the giver asks the clock afterwards
   * (`remaining()`) says nothing about the heir.
   */
  handOver(): void {
    this.#isHandedOver = true;
  }

  /** Unlocks at the end of a scope (`await using`), unless handed over. Never rejects: failures go to `onEvent`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isHandedOver) await this.unlock().catch(() => {});
  }

  /**
   * The first extension of a value that another lock holds. Until it succeeds the value is the giver's, and nothing of it is
   * undone, unless it is nobody's any more.
   *
   * @internal
   */
  async adopt(call: Call): Promise<void> {
    this.#isHandedOver = true;
    await this.#extend(call, false);
    this.#isHandedOver = false;
  }

  /**
   * A quorum has granted it.
   *
   * @internal
   */
  confirm({ started }: Round): void {
    this.#loss = undefined;
    // Two extensions at once may end in either order.
    if (this.#validFrom === undefined || started.monotonic > this.#validFrom.monotonic)
      this.#validFrom = started;
  }

  async #extend({ patience, work }: Call, retakes: boolean): Promise<void> {
    const round = this.#claim.put(retakes ? "acquire" : "extend", work);
    this.#extending = [...this.#extending, round];
    void round.judged.then(() => {
      this.#extending = this.#extending.filter((each) => each !== round);
    });
    await patience.race(round.judged);
    patience.throwIfAborted();
    const failure = this.#judge(round, retakes);
    if (failure === undefined) this.confirm(round);
    // What was to be adopted is nobody's any more.
    else if (this.#validFrom === undefined && failure instanceof LockLostError) this.#isHandedOver = false;
    if (!this.#keepsGrants()) void this.#claim.undo(round, work);
    if (failure !== undefined) throw failure;
    this.#tell((name) => {
      const ms = elapsed(this.#clock, round.started);
      return { type: "extended", name, ms, remaining: this.remaining() };
    });
  }

  /** The verdict of an extension: nothing where it succeeded. Reads the clock after the replies. */
  #judge(round: Round, retakes: boolean): LockLostError | ExtendFailedError | undefined {
    const final = this.#final();
    // A loss that was told is final; only what may take the name again begins anew.
    if (final !== undefined && (this.#unlocking !== undefined || !retakes)) return final;
    if (round.ballot.isLost) return this.#lose(this.#lost("is lost", round));
    if (round.ballot.isGranted) {
      // A later extension may have been confirmed before this one.
      const isInTime = this.#left() > 0 || elapsed(this.#clock, round.started) < this.#settings.validity;
      if (isInTime) return undefined;
      // An adoption that was confirmed too late is in doubt like one that was not: the value is still the giver's.
      if (this.#validFrom !== undefined) return this.#lose(this.#lost("was extended too late", round));
    }
    const verdict = `could not be extended, ${round.ballot.describe("extended it in time")}`;
    return new ExtendFailedError(this.name, verdict, round.outcomes());
  }

  async #unlock(work: Work): Promise<UnlockResult> {
    // An extension in flight is judged by its own deadline, which comes before ours would.
    if (this.#extending.length > 0) await Promise.all(this.#extending.map((round) => round.judged));
    const isValid = this.#left() > 0;
    const round = this.#claim.release(work);
    await round.judged;
    const result = judgeRelease(round.ballot, isValid);
    if (result === null) throw new UnlockFailedError(this.name, "could not be unlocked", round.outcomes());
    this.#tell((name, held) => {
      const ms = elapsed(this.#clock, round.started);
      return { type: "released", name, result, ms, held };
    });
    return result;
  }

  /**
   * Whether the nodes are to keep our value: while the lock is held, and while anybody may still count on what was granted,
   * an extension in flight, whoever adopts the value, or an `extend()` that may take the name again. An undo beside one of
   * them would delete what they were just promised. Where it says no an undo follows, so the loss is final then: a wall
   * clock that was set forward, and is set back, must not revive the lock. Held by the simulation.
   */
  #keepsGrants(): boolean {
    if (this.#unlocking !== undefined) return false;
    if (this.#isHandedOver || this.#settings.setNXOnExtend || this.#left() > 0) return true;
    if (this.#loss === undefined && this.#extending.length > 0) return true;
    this.#lose(this.#expired());
    return false;
  }

  #left(): number {
    if (this.#loss !== undefined || this.#validFrom === undefined) return 0;
    return Math.max(0, Math.floor(this.#settings.validity - elapsed(this.#clock, this.#validFrom)));
  }

  #lose(loss: LockLostError): LockLostError {
    if (this.#loss !== undefined) return loss;
    this.#loss = loss;
    this.#tell((name, held) => ({ type: "lost", name, reason: loss.reason, held }));
    return loss;
  }

  /** Why the lock is over, where that is settled. */
  #final(): LockLostError | undefined {
    if (this.#unlocking === undefined) return this.#loss;
    return this.#lost("is no longer held: unlock() was called");
  }

  #expired(): LockLostError {
    return this.#lost(`expired at ${this.until.toISOString()}`);
  }

  #lost(verdict: string, round?: Round): LockLostError {
    const reason = round?.ballot.isTaken ? "taken" : "expired";
    return new LockLostError(this.name, verdict, reason, round?.outcomes());
  }

  #during<T>(options: TryLockOptions, run: (call: Call) => Promise<T>): Promise<T> {
    return during(this.#claim.target.nodes, options, ["signal", "waitUntil"], this.#waitUntil, run);
  }

  #tell(event: (name: string, held: number) => RedsyncEvent): void {
    emit(this.#settings.onEvent, () => event(this.name, elapsed(this.#clock, this.#since)));
  }

  get #settings(): Settings {
    return this.#claim.target.settings;
  }

  get #clock(): Clock {
    return this.#claim.target.nodes.clock;
  }
}

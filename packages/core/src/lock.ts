import { type Call, during } from "./call.ts";
import type { Claim } from "./claim.ts";
import { elapsed, type Instant } from "./clock.ts";
import { LockLostError, UnlockFailedError } from "./errors.ts";
import { checkOptions, type TryLockOptions, type WaitUntil } from "./options.ts";
import { judgeRelease, type UnlockResult } from "./quorum.ts";
import { renew } from "./renewal.ts";
import type { Round } from "./round.ts";
import { Tenure } from "./tenure.ts";
import { Upkeep } from "./upkeep.ts";
import type { Work } from "./work.ts";

/**
 * One successful acquisition: the proof of ownership, how long it is valid, and the ways to extend and unlock it.
 *
 * Made by `mutex.lock()`, `mutex.tryLock()` and `mutex.adopt()`, and given to the callback of `mutex.using()`. Everything that a
 * holder owns sits here, so that a late unlock can never free somebody else's lock.
 */
export class Lock<Fencing extends boolean = boolean> implements AsyncDisposable {
  /** The name that is locked; of several, all of them in one text. */
  readonly name: string;
  /** The names that are locked. */
  readonly names: readonly string[];
  readonly #claim: Claim;
  readonly #tenure: Tenure;
  readonly #upkeep: Upkeep;
  readonly #waitUntil: WaitUntil | undefined;
  #stopRenewal: (() => void) | undefined;
  #unlocking: Promise<UnlockResult> | undefined;
  #wasValid = false;
  #release: Round | undefined;

  /** @internal */
  constructor(claim: Claim, since: Instant, waitUntil: WaitUntil | undefined) {
    const { target } = claim;
    this.name = target.name;
    this.names = target.names;
    this.#claim = claim;
    this.#tenure = new Tenure(target, since);
    this.#upkeep = new Upkeep(claim, this.#tenure);
    this.#waitUntil = waitUntil;
  }

  /**
   * The random string that proves ownership: whoever has it can unlock. Keep it out of logs; a lock that is logged does not
   * show it.
   */
  get value(): string {
    return this.#claim.value;
  }

  /**
   * With `fencing`: a number larger than that of every earlier holder of the name (of each of the names). Give it to whatever the
   * lock guards, and have that refuse smaller ones than it has seen. It stays the same for as long as the lock is held, also by an heir.
   */
  get token(): Fencing extends true ? number : undefined {
    return this.#claim.token as Fencing extends true ? number : undefined;
  }

  /** When the lock stops being valid for its holder: start of the attempt, plus the expiry, less the drift. */
  get until(): Date {
    return this.#tenure.until;
  }

  /**
   * Aborts with a `LockLostError` when the lock is lost: at `until`, or sooner where that is known. For whatever is to end with
   * the lock: `fetch(url, { signal: lock.signal })`.
   *
   * Where the process could not run then (a blocked loop, a stopped or sleeping machine) it aborts as soon as timers run again, at
   * most a second later; `assertHeld()` reads the clock. An unlock leaves it as it is. Made when it is first read, and already
   * aborted where the lock is no longer held by then.
   */
  get signal(): AbortSignal {
    return this.#tenure.signal;
  }

  /**
   * Milliseconds of validity left, by the clock alone; 0 once the lock is known to be lost or was unlocked. Counts the larger
   * of what the monotonic and the wall clock saw pass.
   */
  remaining(): number {
    return this.#tenure.isUnlocked ? 0 : this.#tenure.left();
  }

  /**
   * Throws a `LockLostError` unless the lock is still valid, by the clock alone: for the line before a side effect. It
   * sends nothing; `verify()` asks the nodes.
   */
  assertHeld(): void {
    if (this.remaining() <= 0) throw this.#tenure.final ?? this.#tenure.expire();
  }

  /**
   * Asks the nodes, and resolves while a quorum of them holds our value.
   *
   * Rejects with `LockLostError` where it does not, or the lock's time has run out; with `LockFailedError` where too few nodes
   * answered to know; and with the signal's reason.
   */
  verify(options: TryLockOptions = {}): Promise<void> {
    return this.#during(options, async (call) => {
      this.assertHeld();
      await this.#upkeep.verify(call);
      this.assertHeld();
    });
  }

  /**
   * Extends the lock to its full expiry, counted from now.
   *
   * Rejects with `LockLostError` where the lock is no longer ours: finally, and without asking the nodes once its time has
   * run out (save with `setNXOnExtend`). Rejects with `ExtendFailedError` where too few nodes answered: the lock then stays
   * held until its old `until`. Rejects with the signal's reason when aborted; the nodes may have extended it all the same.
   *
   * A node that lost the lock's key is given it again once a quorum has extended it.
   */
  extend(options: TryLockOptions = {}): Promise<void> {
    return this.#during(options, async (call) => {
      const { setNXOnExtend } = this.#claim.target.settings;
      if (this.#tenure.isUnlocked || !setNXOnExtend) this.assertHeld();
      await this.#upkeep.extend(call, setNXOnExtend);
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
      this.#stopRenewal?.();
      this.#wasValid = this.#tenure.left() > 0;
      this.#tenure.unlock();
      this.#unlocking = this.#during(options, ({ work }) => this.#unlock(work));
    }
    return this.#unlocking;
  }

  /**
   * Leaves the lock to whoever adopts its value: it is not extended here any more, and the end of a scope (`await using`,
   * `mutex.using()`) no longer unlocks it. An explicit `unlock()` still does, for a giver who could not pass the value on. What
   * the giver asks the clock afterwards (`remaining()`) says nothing about the heir, and `signal` stays as it is. A lock that was
   * lost before is nobody's to give, and stays lost.
   */
  handOver(): void {
    this.#readClock();
    if (this.#tenure.loss !== undefined) return;
    this.#upkeep.isHandedOver = true;
    this.#stopRenewal?.();
    this.#tenure.unwatch();
  }

  /** Unlocks at the end of a scope (`await using`), unless handed over. Never rejects: failures go to `onEvent`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#upkeep.isHandedOver) return;
    this.#readClock();
    await this.unlock().catch(() => {});
  }

  /**
   * The first extension of a value that another lock holds. Until it succeeds the value is the giver's, and nothing of it is
   * undone.
   *
   * @internal
   */
  async adopt(call: Call): Promise<void> {
    this.#upkeep.isHandedOver = true;
    await this.#upkeep.extend(call, false);
    if (this.#claim.target.settings.autoExtend) this.#renew();
  }

  /**
   * A quorum has granted it.
   *
   * @internal
   */
  confirm(round: Round, renews: boolean): void {
    this.#tenure.confirm(round);
    if (renews) this.#renew();
  }

  /**
   * The work that it guarded is done, with this result. Throws where it was not alone to the end.
   *
   * @internal
   */
  async conclude(result: unknown): Promise<void> {
    if (this.#upkeep.isHandedOver) return;
    this.#readClock();
    // An unlock that failed was told, node by node: the work was done all the same.
    const unlocked = await this.unlock().catch(() => (this.#wasValid ? "released" : "expired"));
    const { loss } = this.#tenure;
    if (loss === undefined && unlocked === "released") return;
    // Whoever shows another's value says more than who shows none.
    const isShown = unlocked !== "released" && loss?.reason !== "taken";
    const outcomes = isShown ? this.#release?.outcomes() : loss?.outcomes;
    throw new LockLostError(this.name, "was lost before its work was done", outcomes, {
      result,
      cause: loss,
    });
  }

  /** Looks whether the time has run out: nobody may have watched. */
  #readClock(): void {
    if (!this.#tenure.isUnlocked && this.#tenure.left() <= 0) this.#tenure.expire();
  }

  #renew(): void {
    this.#stopRenewal = renew(this.#tenure, this.#claim.target, () => this.extend());
  }

  async #unlock(work: Work): Promise<UnlockResult> {
    const extended = this.#upkeep.settled();
    if (extended) await extended;
    const isValid = this.#tenure.left() > 0;
    const round = this.#claim.release(work);
    this.#release = round;
    await round.judged;
    const result = judgeRelease(round.ballot, isValid);
    if (result === null) throw new UnlockFailedError(this.name, "could not be unlocked", round.outcomes());
    this.#tenure.tell((name, held) => {
      const ms = elapsed(this.#claim.target.nodes.clock, round.started);
      return { type: "released", name, result, ms, held };
    });
    return result;
  }

  #during<T>(options: TryLockOptions, run: (call: Call) => Promise<T>): Promise<T> {
    return during(this.#claim.target.nodes, options, ["signal", "waitUntil"], this.#waitUntil, run);
  }
}

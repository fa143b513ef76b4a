import { during } from "./call.ts";
import { elapsed, type Instant } from "./clock.ts";
import {
  brief,
  type ExtendFailedError,
  LockFailedError,
  LockLostError,
  UnlockFailedError,
} from "./errors.ts";
import { emit } from "./events.ts";
import { extension, judgeExtension, lost } from "./extension.ts";
import type { Link } from "./link.ts";
import type { Target } from "./nodes.ts";
import { checkCallOptions, type TryLockOptions, type WaitUntil } from "./options.ts";
import { judgeRelease, type UnlockResult } from "./quorum.ts";
import { release } from "./release.ts";
import { Round } from "./round.ts";
import { scripts } from "./scripts.ts";
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
  readonly #value: string;
  readonly #target: Target;
  readonly #waitUntil: WaitUntil | undefined;
  readonly #since: Instant;
  readonly #reached: Link[] = [];
  readonly #extending = new Set<Round>();
  #validFrom: Instant | undefined;
  #loss: LockLostError | undefined;
  #unlocking: Promise<UnlockResult> | undefined;
  #isHandedOver = false;

  /** @internal */
  constructor(target: Target, value: string, since: Instant, waitUntil: WaitUntil | undefined) {
    this.name = target.name;
    this.#value = value;
    this.#target = target;
    this.#since = since;
    this.#waitUntil = waitUntil;
  }

  /**
   * The random string that proves ownership: whoever has it can unlock. Keep it out of logs; a lock that is logged does not
   * show it.
   */
  get value(): string {
    return this.#value;
  }

  /** When the lock stops being valid for its holder: start of the attempt, plus the expiry, less the drift. */
  get until(): Date {
    return new Date((this.#validFrom ?? this.#since).wall + this.#target.settings.validity);
  }

  /**
   * Whether the nodes are to keep our value: while the lock is held, and while anybody may still count on what was granted,
   * an extension in flight, whoever adopts the value, or an `extend()` that may take the name again. An undo beside one of
   * them would delete what they were just promised. Where it says no an undo follows, so the loss is final then: a wall
   * clock that was set forward, and is set back, must not revive the lock. Held by the simulation.
   *
   * @internal
   */
  keepsGrants(): boolean {
    if (this.#unlocking !== undefined) return false;
    if (this.#isHandedOver || this.#target.settings.setNXOnExtend || this.#left() > 0) return true;
    if (this.#loss === undefined && this.#extending.size > 0) return true;
    this.#lose(this.#expired());
    return false;
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
    if (this.#unlocking !== undefined) throw this.#unlocked();
    if (this.#loss !== undefined) throw this.#loss;
    if (this.#left() <= 0) throw this.#lose(this.#expired());
  }

  /**
   * Asks the nodes, and resolves while a quorum of them holds our value.
   *
   * Rejects with `LockLostError` where it does not, or the lock's time has run out; with `LockFailedError` where too few nodes
   * answered to know; and with the signal's reason.
   */
  async verify(options: TryLockOptions = {}): Promise<void> {
    checkCallOptions(options, ["signal", "waitUntil"]);
    this.assertHeld();
    await during(this.#target, options, this.#waitUntil, async ({ patience, work }) => {
      const target = this.#target;
      const question = {
        operation: "verify",
        script: scripts.verify,
        target,
        value: this.#value,
        work,
      } as const;
      const round = new Round(question);
      await patience.race(round.judged);
      round.close();
      patience.throwIfAborted();
      if (round.tally.isGranted) return this.assertHeld();
      if (round.tally.isLost) throw this.#lose(lost(this.name, round));
      throw new LockFailedError(`could not verify "${brief(this.name)}"`, round.outcomes());
    });
  }

  /**
   * Extends the lock to its full expiry, counted from now.
   *
   * Rejects with `LockLostError` where the lock is no longer ours: finally, and without asking the nodes once its time has
   * run out (save with `setNXOnExtend`). Rejects with `ExtendFailedError` where too few nodes answered: the lock then stays
   * held until its old `until`. Rejects with the signal's reason when aborted; the nodes may have extended it all the same.
   */
  async extend(options: TryLockOptions = {}): Promise<void> {
    checkCallOptions(options, ["signal", "waitUntil"]);
    if (this.#unlocking !== undefined || !this.#target.settings.setNXOnExtend) this.assertHeld();
    await this.#extend(options, this.#target.settings.setNXOnExtend);
  }

  /**
   * The first extension of a value that another lock holds. Until it succeeds the value is the giver's, and nothing of it is
   * undone, unless it is nobody's any more.
   *
   * @internal
   */
  async adopt(options: TryLockOptions): Promise<void> {
    this.#isHandedOver = true;
    await this.#extend(options, false);
    this.#isHandedOver = false;
  }

  /**
   * A quorum has granted it.
   *
   * @internal
   */
  confirm({ started, asked }: Round): void {
    this.#reach(asked);
    this.#loss = undefined;
    // Two extensions at once may end in either order.
    if (this.#validFrom === undefined || started.monotonic > this.#validFrom.monotonic)
      this.#validFrom = started;
  }

  async #extend(options: TryLockOptions, retakes: boolean): Promise<void> {
    const { nodes, name, settings } = this.#target;
    await during(this.#target, options, this.#waitUntil, async ({ patience, work }) => {
      const attempt = extension(this.#target, this.#value, work, retakes);
      const { round } = attempt;
      this.#reach(round.asked);
      this.#extending.add(round);
      void round.judged.then(() => this.#extending.delete(round));
      await patience.race(round.judged);
      if (patience.isAborted) attempt.keep(() => this.keepsGrants());
      patience.throwIfAborted();
      const failure = this.#judge(round, retakes);
      if (failure === undefined) this.confirm(round);
      if (failure instanceof LockLostError)
        this.#isHandedOver = this.#validFrom !== undefined && this.#isHandedOver;
      if (this.keepsGrants()) attempt.keep(() => this.keepsGrants());
      else void attempt.undo();
      if (failure !== undefined) throw failure;
      const ms = () => elapsed(nodes.clock, round.started);
      emit(settings.onEvent, () => ({ type: "extended", name, ms: ms(), remaining: this.remaining() }));
    });
  }

  #judge(round: Round, retakes: boolean): LockLostError | ExtendFailedError | undefined {
    if (this.#unlocking !== undefined) return this.#unlocked();
    // A loss that was told is final; only what may take the name again begins anew.
    if (this.#loss !== undefined && !retakes) return this.#loss;
    // A later extension may have been confirmed before this one.
    if (round.tally.isGranted && this.#left() > 0) return undefined;
    const failure = judgeExtension(this.#target, round, this.#validFrom === undefined);
    return failure instanceof LockLostError ? this.#lose(failure) : failure;
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
        checkCallOptions(options, ["waitUntil"]);
      } catch (error) {
        return Promise.reject(error);
      }
      this.#unlocking = during(this.#target, options, this.#waitUntil, ({ work }) => this.#unlock(work));
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

  async #unlock(work: Work): Promise<UnlockResult> {
    const { nodes, name, settings } = this.#target;
    // An extension in flight is judged by its own deadline, which comes before ours would.
    if (this.#extending.size > 0) await Promise.all([...this.#extending].map((round) => round.judged));
    const isValid = this.#left() > 0;
    const insists = (link: Link) => this.#reached.includes(link);
    const round = release({ target: this.#target, value: this.#value, work, insists });
    await round.judged;
    const result = judgeRelease(round.tally, isValid);
    if (result === null) throw new UnlockFailedError(`could not unlock "${brief(name)}"`, round.outcomes());
    const ms = () => elapsed(nodes.clock, round.started);
    emit(settings.onEvent, () => ({
      type: "released",
      name,
      result,
      ms: ms(),
      held: elapsed(this.#target.nodes.clock, this.#since),
    }));
    return result;
  }

  #reach(links: readonly Link[]): void {
    for (const link of links) if (!this.#reached.includes(link)) this.#reached.push(link);
  }

  #left(): number {
    if (this.#loss !== undefined || this.#validFrom === undefined) return 0;
    return Math.max(
      0,
      Math.floor(this.#target.settings.validity - elapsed(this.#target.nodes.clock, this.#validFrom)),
    );
  }

  #lose(loss: LockLostError): LockLostError {
    if (this.#loss === undefined) {
      this.#loss = loss;
      const { name } = this;
      const { reason } = loss;
      emit(this.#target.settings.onEvent, () => ({
        type: "lost",
        name,
        reason,
        held: elapsed(this.#target.nodes.clock, this.#since),
      }));
    }
    return loss;
  }

  #expired(): LockLostError {
    return new LockLostError(`"${brief(this.name)}" expired at ${this.until.toISOString()}`, "expired");
  }

  #unlocked(): LockLostError {
    return new LockLostError(`"${brief(this.name)}" is no longer held: unlock() was called`, "expired");
  }
}

import { Background } from "./background.ts";
import { runCall } from "./call.ts";
import type { Moment } from "./clock.ts";
import { LockLostError } from "./errors.ts";
import { Extension } from "./extension.ts";
import { Lease } from "./lease.ts";
import type { Held } from "./lifetime.ts";
import type { CallOptions, WaitUntil } from "./options.ts";
import type { Holder, Ownership } from "./ownership.ts";
import { releaseAll, unlockResult } from "./release-all.ts";
import { autoExtend } from "./renewal.ts";
import type { Round } from "./round.ts";
import { ofCall } from "./settings.ts";
import { verify } from "./verification.ts";
import type { UnlockResult } from "./votes.ts";
import type { Wait } from "./wait.ts";

/**
 * A lock as core has it: its lease, and what is asked of the nodes for it. Everything that a holder owns is here, so that a late
 * unlock can never free somebody else's lock.
 */
export class HeldLock implements Holder, Held {
  readonly lease: Lease;
  readonly ownership: Ownership;
  readonly #waitUntil: WaitUntil | undefined;
  #extension: Extension | undefined;
  #stopRenewal: (() => void) | undefined;
  #unlocking: Promise<UnlockResult> | undefined;
  /** Whether the lock was valid when `unlock()` was called. */
  #wasValid = false;
  #release: Round | undefined;
  #wasHandedOver = false;

  constructor(ownership: Ownership, start: Moment, state: "held" | "adopting", waitUntil?: WaitUntil) {
    this.lease = new Lease(ownership.spec, start, state);
    this.ownership = ownership;
    this.#waitUntil = waitUntil;
    ownership.holder = this;
  }

  /** Asks the nodes, and resolves while a quorum of them holds our value. */
  verify(options?: CallOptions): Promise<void> {
    return this.#runCall(options, ofCall, (wait, background) => {
      const onLoss = (round: Round) => this.#extend.undoUnlessKept(round);
      return verify(this.ownership, this.lease, wait, background, onLoss);
    });
  }

  /** Extends the lock to its full expiry, counted from now, if it may be. */
  extend(options?: CallOptions): Promise<void> {
    return this.#runCall(options, ofCall, (wait, background) => {
      const { settings, context } = this.ownership.spec;
      if (this.lease.state === "unlocked" || !settings.setNXOnExtend) this.lease.assertHeld();
      // It would be taken anew.
      else if (this.lease.validFor <= 0) context.lifetime.throwIfClosed();
      return this.#extend.run(wait, background);
    });
  }

  /**
   * The first extension of a value that another lock holds. Until it succeeds the value is its previous owner's, and nothing of it is
   * undone.
   */
  adopt(wait: Wait, background: Background): Promise<void> {
    return this.#extend.run(wait, background);
  }

  /** Unlocks the name on every node, whatever the clock says. Every call returns the first call's promise. */
  unlock(options?: Pick<CallOptions, "waitUntil">): Promise<UnlockResult> {
    if (this.#unlocking) return this.#unlocking;
    const { state } = this.lease;
    // A listener calls it while it begins, and hears of a silent node.
    if (state === "unlocked") return Promise.resolve().then(() => this.unlock());
    const unlocking = this.#runCall(options, ["waitUntil"], (_, background) => this.#unlock(background));
    // A wrong option does not use it up.
    if (this.lease.state === "unlocked") this.#unlocking = unlocking;
    return unlocking;
  }

  /** `redsync.close()` waits for it no longer: its signal aborts, and it is unlocked. */
  close(): Promise<unknown> {
    this.lease.lose("was ended by redsync.close()", undefined, "closed");
    return this.unlock().catch(() => {});
  }

  /** Leaves the lock to the process that adopts its value. */
  handOver(): void {
    this.lease.noteExpiry();
    this.lease.handOver();
    if (this.lease.state !== "handedOver") return;
    this.#wasHandedOver = true;
    this.#forget();
    this.#stopRenewal?.();
    const { context, names, settings } = this.ownership.spec;
    this.ownership.queued?.leave(new Background(context.inFlight));
    // Its new owner knows nothing of those that wait here: they have to be in the nodes' queues.
    if (settings.fair) context.queue?.wake(names, undefined);
  }

  /** Unlocks at the end of a scope, unless handed over. Never rejects: failures go to `onEvent`. */
  async dispose(): Promise<void> {
    if (this.#wasHandedOver) return;
    this.lease.noteExpiry();
    await this.unlock().catch(() => {});
  }

  /** Has it extended by itself from now on. */
  autoExtend(): void {
    this.#stopRenewal = autoExtend(this.lease, this.ownership.spec, () => this.extend());
  }

  /** The work that it guarded is done, with this result. Throws if it was not alone to the end. */
  async finish(result: unknown): Promise<void> {
    if (this.#wasHandedOver) return;
    this.lease.noteExpiry();
    // An unlock that failed was reported, node by node: the work was done all the same.
    const unlocked = await this.unlock().catch(() => (this.#wasValid ? "released" : "expired"));
    const { loss, verdict } = this.lease;
    if (loss === undefined && unlocked === "released") return;
    // A node that shows another's value says more than one that shows none.
    const isShown = unlocked !== "released" && loss?.reason !== "taken";
    const outcomes = isShown ? this.#release?.questions.outcomes() : loss?.outcomes;
    const { name } = this.ownership.spec;
    const reason = loss?.reason === "closed" ? "closed" : undefined;
    const error = new LockLostError(name, `${verdict} before its work was done`, outcomes, loss, reason);
    throw Object.assign(error, { result });
  }

  /** Has `redsync.close()` wait for it from now on, and those who want its names. */
  remember(): void {
    const { context, names } = this.ownership.spec;
    if (this.lease.state === "held") context.lifetime.hold(names, this);
  }

  noteExpiry(): void {
    const { state, validFor } = this.lease;
    const mayGoOn = this.ownership.spec.settings.setNXOnExtend || this.#extension?.isUnderWay;
    if (state === "held" && validFor <= 0 && !mayGoOn) this.lease.expire();
  }

  /**
   * Whether the nodes are to keep the value: while the lock is held, and while anybody may still count on what was granted, an extension
   * in flight, a new owner who adopts the value, or an `extend()` that may take the name again. An undo beside one of them would
   * delete what they were just promised. Once it is false an undo follows, and the loss is final: a wall clock that was set
   * forward, and is set back, must not revive the lock. Held by the simulation.
   */
  keepsGrants(): boolean {
    const { state } = this.lease;
    return state !== "unlocked" && (state !== "lost" || this.ownership.spec.settings.setNXOnExtend);
  }

  get mayRepair(): boolean {
    this.noteExpiry();
    return this.lease.state === "held";
  }

  get #extend(): Extension {
    this.#extension ??= new Extension(this.ownership, this.lease);
    return this.#extension;
  }

  #forget(): void {
    const { context, names } = this.ownership.spec;
    context.lifetime.forget(names, this);
  }

  #unlock(background: Background): Promise<UnlockResult> {
    this.#stopRenewal?.();
    this.#wasValid = this.lease.validFor > 0;
    this.lease.unlock();
    this.#forget();
    const extension = this.#extension;
    if (!extension?.isUnderWay) return this.#releaseAll(background);
    return extension.settled().then(() => this.#releaseAll(background));
  }

  #releaseAll(background: Background): Promise<UnlockResult> {
    const isValid = (this.#wasValid && this.lease.loss === undefined) || this.lease.validFor > 0;
    const round = releaseAll(this.ownership, background);
    this.#release = round;
    return round.decided(() => unlockResult(round, isValid, this.lease.heldFor));
  }

  #runCall<T>(
    options: CallOptions | undefined,
    allowed: readonly string[],
    run: (wait: Wait, background: Background) => Promise<T>,
  ): Promise<T> {
    return runCall(this.ownership.spec.context, options, allowed, this.#waitUntil, run);
  }
}

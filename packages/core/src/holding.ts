import { type Call, during } from "./call.ts";
import type { Claim } from "./claim.ts";
import { Instant } from "./clock.ts";
import { ExtendFailedError, LockFailedError, LockLostError, UnlockFailedError } from "./errors.ts";
import { Lease } from "./lease.ts";
import type { Seat, Target } from "./nodes.ts";
import { type CallOptions, ofCall, type WaitUntil } from "./options.ts";
import type { UnlockResult } from "./quorum.ts";
import { renew } from "./renewal.ts";
import { Round } from "./round.ts";

/** What came of an extension: nothing where it succeeded. */
type Failure = LockLostError | ExtendFailedError | undefined;

/**
 * A lock as core has it: its lease, and what is asked of the nodes for it. Everything that a holder owns sits here, so that a late
 * unlock can never free somebody else's lock.
 */
export class Holding {
  readonly lease: Lease;
  readonly #claim: Claim;
  readonly #target: Target;
  readonly #waitUntil: WaitUntil | undefined;
  #extending: readonly Promise<Failure>[] = [];
  #stopRenewal: (() => void) | undefined;
  #unlocking: Promise<UnlockResult> | undefined;
  #wasValid = false;
  #wasHandedOver = false;
  #release: Round | undefined;

  constructor(claim: Claim, since: Instant, waitUntil: WaitUntil | undefined) {
    this.lease = new Lease(claim.target, since);
    this.#claim = claim;
    this.#target = claim.target;
    this.#waitUntil = waitUntil;
    claim.isWanted = () => this.#keepsGrants();
  }

  get value(): string {
    return this.#claim.value;
  }

  get token(): number | undefined {
    return this.#claim.token;
  }

  /** Asks the nodes, and resolves while a quorum of them holds our value. */
  verify(options: CallOptions = {}): Promise<void> {
    return this.#during(options, ofCall, async (call) => {
      this.lease.assertHeld();
      const round = new Round(this.#claim, { operation: "verify", call });
      await call.judge(round);
      call.throwIfAborted();
      const { isGranted, isLost } = round.ballot;
      if (!this.lease.final && !isGranted) {
        if (!isLost) throw new LockFailedError(this.lease.name, "could not be verified", round.outcomes());
        const loss = this.lease.lose("is lost", round.outcomes());
        this.#undoUnlessKept(round, call);
        throw loss;
      }
      this.lease.assertHeld();
    });
  }

  /** Extends the lock to its full expiry, counted from now, where it may be. */
  extend(options: CallOptions = {}): Promise<void> {
    return this.#during(options, ofCall, (call) => {
      const { setNXOnExtend } = this.#target;
      if (this.lease.owner === "nobody" || !setNXOnExtend) this.lease.assertHeld();
      return this.#extend(call, setNXOnExtend);
    });
  }

  /** Unlocks the name on every node, whatever the clock says. Every call returns the first call's promise. */
  unlock(options: Pick<CallOptions, "waitUntil"> = {}): Promise<UnlockResult> {
    if (this.#unlocking) return this.#unlocking;
    const unlocking = this.#during(options, ["waitUntil"], (call) => this.#unlock(call));
    // A wrong option does not use it up.
    if (this.lease.owner === "nobody") this.#unlocking = unlocking;
    return unlocking;
  }

  /** Leaves the lock to whoever adopts its value. */
  handOver(): void {
    this.#readClock();
    if (this.lease.loss || this.lease.owner === "nobody") return;
    this.#wasHandedOver = true;
    this.#stopRenewal?.();
    this.lease.leave("heir");
  }

  /** Unlocks at the end of a scope, unless handed over. Never rejects: failures go to `onEvent`. */
  async dispose(): Promise<void> {
    if (this.#wasHandedOver) return;
    this.#readClock();
    await this.unlock().catch(() => {});
  }

  /**
   * The first extension of a value that another lock holds. Until it succeeds the value is the giver's, and nothing of it is
   * undone.
   */
  adopt(call: Call): Promise<void> {
    this.lease.owner = "giver";
    return this.#extend(call, false);
  }

  /** Has it extended by itself from now on. */
  renew(): void {
    this.#stopRenewal = renew(this.lease, this.#target, () => this.extend());
  }

  /** The work that it guarded is done, with this result. Throws where it was not alone to the end. */
  async conclude(result: unknown): Promise<void> {
    if (this.#wasHandedOver) return;
    this.#readClock();
    // An unlock that failed was told, node by node: the work was done all the same.
    const unlocked = await this.unlock().catch(() => (this.#wasValid ? "released" : "expired"));
    const { loss } = this.lease;
    if (loss === undefined && unlocked === "released") return;
    // Whoever shows another's value says more than who shows none.
    const isShown = unlocked !== "released" && loss?.reason !== "taken";
    const outcomes = isShown ? this.#release?.outcomes() : loss?.outcomes;
    const error = new LockLostError(this.lease.name, "was lost before its work was done", outcomes, loss);
    throw Object.assign(error, { result });
  }

  /** The value is somebody else's, now or until it is adopted: nothing of it is undone here. */
  get #isHandedOver(): boolean {
    return this.lease.owner === "heir" || this.lease.owner === "giver";
  }

  /** Looks whether the time has run out: nobody may have watched. */
  #readClock(): void {
    if (this.lease.owner !== "nobody" && this.lease.left() <= 0) this.lease.expire();
  }

  /** Extends the lock, or takes it anew where nobody holds it. Throws the verdict where it fails, which counts also if aborted. */
  async #extend(call: Call, retakes: boolean): Promise<void> {
    const { loss } = this.lease;
    const lost: Seat[] = [];
    let isRepairing = false;
    const operation = this.lease.owner === "giver" ? "adopt" : retakes ? "acquire" : "extend";
    const round = this.#claim.put(operation, call, {
      mayMissFence: operation === "extend",
      heard: (seat, answer) => {
        if (answer !== "absent") return;
        if (isRepairing) this.#repair([seat], call);
        else lost.push(seat);
      },
    });
    // Until the verdict, which comes after the last answer and may begin a repair.
    const end = call.begin(round.started.monotonic + this.#target.expiry);
    const verdict = round.judged.then((): Failure => {
      this.#extending = this.#extending.filter((each) => each !== verdict);
      // Nobody waits for the adoption any more: the lock is still the giver's.
      const isLeft = call.isAborted && this.lease.owner === "giver";
      const failure = isLeft ? undefined : this.#settle(round, retakes, loss, call);
      isRepairing = !isLeft && failure === undefined;
      if (isRepairing) this.#repair(lost, call);
      end();
      return failure;
    });
    this.#extending = [...this.#extending, verdict];
    const failure = await call.race(verdict);
    call.throwIfAborted();
    if (failure) throw failure;
  }

  /** Does what follows from an extension's verdict, and returns it. */
  #settle(round: Round, retakes: boolean, lossBefore: LockLostError | undefined, call: Call): Failure {
    const failure = this.#judge(round, retakes, lossBefore);
    // What unlock() finds it takes back by itself, save what was taken anew.
    if (retakes || this.lease.owner !== "nobody") this.#undoUnlessKept(round, call);
    if (failure) return failure;
    this.#target.onEvent?.({
      type: "extended",
      name: this.lease.name,
      ms: round.started.elapsed(),
      remaining: this.lease.left(),
      granted: round.ballot.granted,
    });
    return undefined;
  }

  /** Confirms an extension that succeeded, or returns why it did not. Reads the clock after the replies. */
  #judge(round: Round, retakes: boolean, lossBefore: LockLostError | undefined): Failure {
    const { validity } = this.#target;
    const { ballot } = round;
    const { final } = this.lease;
    // A loss is final; only what may take the name again, and was begun when it was known, begins anew.
    if (final && (this.lease.owner === "nobody" || !retakes || final !== lossBefore)) return final;
    if (ballot.isLost) return this.lease.lose("is lost", round.outcomes());
    // An adoption that was confirmed too late is in doubt like one that was not: the value is still the giver's.
    const isInTime = this.lease.owner !== "giver" || round.started.elapsed() < validity;
    if (ballot.isGranted && isInTime) {
      this.lease.hold(round.started);
      if (this.lease.left() <= 0) return this.lease.expire();
      if (this.lease.owner === "giver") this.lease.owner = "us";
      return undefined;
    }
    const verdict = `could not be extended: ${ballot.describe("extended it", validity)}`;
    const failure = new ExtendFailedError(this.lease.name, verdict, round.outcomes());
    this.lease.doubt = failure.outcomes;
    this.#tellFailure(failure, round);
    return failure;
  }

  /** Gives the value back to nodes that lost it. What they answer counts for nothing but the event. */
  #repair(seats: readonly Seat[], call: Call): void {
    const without = seats.filter((seat) => !this.#claim.isPutting(seat));
    if (without.length === 0 || !this.#isHeld) return;
    const { clock, onEvent } = this.#target;
    const started = new Instant(clock);
    this.#claim.put("repair", call, {
      seats: without,
      heard: ({ name, link }, answer) => {
        if (answer !== "ok" || !this.#isHeld) return;
        onEvent?.({ type: "repaired", name, node: link.index, ms: started.elapsed() });
      },
    });
  }

  #tellFailure(error: ExtendFailedError | UnlockFailedError, { started }: Round): void {
    const { name, onEvent } = this.#target;
    onEvent?.({ type: "failed", name, code: error.code, ms: started.elapsed(), error });
  }

  async #unlock(call: Call): Promise<UnlockResult> {
    this.#stopRenewal?.();
    this.#wasValid = this.lease.left() > 0;
    this.lease.leave("nobody");
    if (this.#extending.length > 0) await Promise.all(this.#extending);
    const isValid = this.lease.left() > 0;
    const round = this.#claim.release(call, undefined, { insists: true });
    this.#release = round;
    await round.judged;
    const result = round.ballot.released(isValid);
    const { name, held } = this.lease;
    if (result === null) {
      const failure = new UnlockFailedError(name, "could not be unlocked", round.outcomes());
      this.#tellFailure(failure, round);
      throw failure;
    }
    this.#target.onEvent?.({ type: "released", name, result, ms: round.started.elapsed(), held });
    return result;
  }

  get #isHeld(): boolean {
    return this.lease.owner === "us" && this.lease.left() > 0;
  }

  #undoUnlessKept(round: Round, call: Call): void {
    if (!this.#keepsGrants()) void this.#claim.undo(round, call);
  }

  /**
   * Whether the nodes are to keep our value: while the lock is held, and while anybody may still count on what was granted,
   * an extension in flight, whoever adopts the value, or an `extend()` that may take the name again. An undo beside one of
   * them would delete what they were just promised. Where it says no an undo follows, so the loss is final then: a wall
   * clock that was set forward, and is set back, must not revive the lock. Held by the simulation.
   */
  #keepsGrants(): boolean {
    if (this.lease.owner === "nobody") return false;
    if (this.#isHandedOver || this.#target.setNXOnExtend || this.lease.left() > 0) return true;
    if (!this.lease.loss) {
      if (this.#extending.length > 0) return true;
      this.lease.expire();
    }
    return false;
  }

  #during<T>(options: CallOptions, known: readonly string[], run: (call: Call) => Promise<T>): Promise<T> {
    return during(this.#target, options, known, this.#waitUntil, run);
  }
}

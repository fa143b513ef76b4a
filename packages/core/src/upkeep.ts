import type { Call } from "./call.ts";
import type { Claim } from "./claim.ts";
import { type Clock, elapsed, now } from "./clock.ts";
import { ExtendFailedError, LockFailedError, type LockLostError } from "./errors.ts";
import type { Seat } from "./nodes.ts";
import { Round } from "./round.ts";
import type { Tenure } from "./tenure.ts";
import type { Work } from "./work.ts";

/** What came of an extension: nothing where it succeeded. */
type Failure = LockLostError | ExtendFailedError | undefined;

/** What is asked of the nodes while a lock is held: extensions, repairs, and whether they still have it. */
export class Upkeep {
  readonly #claim: Claim;
  readonly #tenure: Tenure;
  #extending: readonly Promise<Failure>[] = [];
  /** The value is somebody else's, now or until it is adopted: nothing of it is undone here. */
  isHandedOver = false;

  constructor(claim: Claim, tenure: Tenure) {
    this.#claim = claim;
    this.#tenure = tenure;
    claim.keepWhile(() => this.#keepsGrants());
  }

  /** Extends the lock, or takes it anew where nobody holds it. Throws the verdict where it fails, which counts also if aborted. */
  async extend({ patience, work }: Call, retakes: boolean): Promise<void> {
    const { loss, isConfirmed } = this.#tenure;
    const lost: Seat[] = [];
    let isRepairing = false;
    const round = this.#claim.put(retakes ? "acquire" : "extend", work, {
      heard: (seat, answer, isLate) => {
        if (!isLate || answer !== "absent") return;
        if (isRepairing) this.#repair([seat], work);
        else lost.push(seat);
      },
    });
    const verdict = round.judged.then((): Failure => {
      this.#extending = this.#extending.filter((each) => each !== verdict);
      // Nobody waits for the adoption any more: the lock is still the giver's.
      if (patience.isAborted && !isConfirmed) return undefined;
      const failure = this.#judge(round, retakes, loss);
      isRepairing = failure === undefined;
      if (isRepairing && !isConfirmed) this.isHandedOver = false;
      // What unlock() finds it takes back by itself, save what was taken anew.
      if (retakes || !this.#tenure.isUnlocked) this.#undoUnlessKept(round, work);
      if (failure !== undefined) return failure;
      this.#repair([...round.asked.filter((seat) => round.answerOf(seat) === "absent"), ...lost], work);
      this.#tenure.tell((name) => {
        const ms = elapsed(this.#clock, round.started);
        const { granted } = round.ballot;
        return { type: "extended", name, ms, remaining: this.#tenure.left(), granted };
      });
      return undefined;
    });
    this.#extending = [...this.#extending, verdict];
    const failure = await patience.race(verdict);
    patience.throwIfAborted();
    if (failure !== undefined) throw failure;
  }

  /** Throws unless a quorum has the value. */
  async verify({ patience, work }: Call): Promise<void> {
    const { target, value } = this.#claim;
    const round = new Round({ operation: "verify", target, value, work });
    await patience.race(round.judged);
    round.close();
    patience.throwIfAborted();
    const { final } = this.#tenure;
    if (final !== undefined) throw final;
    if (round.ballot.isGranted) return;
    if (!round.ballot.isLost)
      throw new LockFailedError(target.name, "could not be verified", round.outcomes());
    const loss = this.#tenure.lose("is lost", round.outcomes());
    this.#undoUnlessKept(round, work);
    throw loss;
  }

  /** Resolves when the extensions in flight are judged, each by its own deadline; undefined where there are none. */
  settled(): Promise<unknown> | undefined {
    if (this.#extending.length === 0) return undefined;
    return Promise.all(this.#extending);
  }

  /** Confirms an extension that succeeded, or returns why it did not. Reads the clock after the replies. */
  #judge(round: Round, retakes: boolean, lossBefore: LockLostError | undefined): Failure {
    const tenure = this.#tenure;
    const { name, settings } = this.#claim.target;
    const { ballot } = round;
    const { final } = tenure;
    // A loss is final; only what may take the name again, and was begun when it was known, begins anew.
    if (final !== undefined && (tenure.isUnlocked || !retakes || final !== lossBefore)) return final;
    if (ballot.isLost) return tenure.lose("is lost", round.outcomes());
    // An adoption that was confirmed too late is in doubt like one that was not: the value is still the giver's.
    const isInTime = tenure.isConfirmed || elapsed(this.#clock, round.started) < settings.validity;
    if (ballot.isGranted && isInTime) {
      tenure.confirm(round);
      return tenure.left() > 0 ? undefined : tenure.expire();
    }
    const shortfall = ballot.isGranted
      ? `but later than its validity of ${settings.validity} ms`
      : ballot.describe("extended it in time");
    const failure = new ExtendFailedError(name, `could not be extended, ${shortfall}`, round.outcomes());
    tenure.doubt(failure);
    return failure;
  }

  /** Gives the value back to nodes that lost it. What they answer counts for nothing but the event. */
  #repair(seats: readonly Seat[], work: Work): void {
    const without = seats.filter((seat) => !this.#claim.isPutting(seat));
    if (without.length === 0 || !this.#isHeld) return;
    const started = now(this.#clock);
    this.#claim.put("repair", work, {
      seats: without,
      heard: ({ name, link }, answer) => {
        if (answer !== "granted" || !this.#isHeld) return;
        const ms = elapsed(this.#clock, started);
        this.#tenure.tell(() => ({ type: "repaired", name, node: link.index, ms }));
      },
    });
  }

  get #isHeld(): boolean {
    return !this.#tenure.isUnlocked && !this.isHandedOver && this.#tenure.left() > 0;
  }

  #undoUnlessKept(round: Round, work: Work): void {
    if (!this.#keepsGrants()) void this.#claim.undo(round, work);
  }

  /**
   * Whether the nodes are to keep our value: while the lock is held, and while anybody may still count on what was granted,
   * an extension in flight, whoever adopts the value, or an `extend()` that may take the name again. An undo beside one of
   * them would delete what they were just promised. Where it says no an undo follows, so the loss is final then: a wall
   * clock that was set forward, and is set back, must not revive the lock. Held by the simulation.
   */
  #keepsGrants(): boolean {
    const tenure = this.#tenure;
    if (tenure.isUnlocked) return false;
    if (this.isHandedOver || this.#claim.target.settings.setNXOnExtend || tenure.left() > 0) return true;
    if (tenure.loss === undefined) {
      if (this.#extending.length > 0) return true;
      tenure.expire();
    }
    return false;
  }

  get #clock(): Clock {
    return this.#claim.target.nodes.clock;
  }
}

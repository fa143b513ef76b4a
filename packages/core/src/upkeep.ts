import type { Call } from "./call.ts";
import type { Claim } from "./claim.ts";
import { elapsed, now } from "./clock.ts";
import { ExtendFailedError, LockFailedError, type LockLostError } from "./errors.ts";
import type { Seat } from "./nodes.ts";
import { Round } from "./round.ts";
import type { Tenure } from "./tenure.ts";
import type { Work } from "./work.ts";

/** What is asked of the nodes while a lock is held: extensions, repairs, and whether they still have it. */
export class Upkeep {
  readonly #claim: Claim;
  readonly #tenure: Tenure;
  #extending: readonly Round[] = [];
  /** The value is somebody else's, now or until it is adopted: nothing of it is undone here. */
  isHandedOver = false;

  constructor(claim: Claim, tenure: Tenure) {
    this.#claim = claim;
    this.#tenure = tenure;
    claim.keepWhile(() => this.#keepsGrants());
  }

  /** Extends the lock, or takes it anew where nobody holds it. Throws the verdict where it fails. */
  async extend({ patience, work }: Call, retakes: boolean): Promise<void> {
    const tenure = this.#tenure;
    let isConfirmed = false;
    const round = this.#claim.put(retakes ? "acquire" : "extend", work, {
      heard: (seat, answer, isLate) => {
        if (isLate && isConfirmed && answer === "absent") this.#repair([seat], work);
      },
    });
    this.#extending = [...this.#extending, round];
    void round.judged.then(() => {
      this.#extending = this.#extending.filter((each) => each !== round);
    });
    await patience.race(round.judged);
    patience.throwIfAborted();
    const wasConfirmed = tenure.isConfirmed;
    const failure = this.#judge(round, retakes);
    isConfirmed = failure === undefined;
    // What was to be adopted is ours now, or nobody's any more.
    if (!wasConfirmed && !(failure instanceof ExtendFailedError)) this.isHandedOver = false;
    this.#undoUnlessKept(round, work);
    if (failure !== undefined) throw failure;
    this.#repair(
      round.asked.filter((seat) => round.answerOf(seat) === "absent"),
      work,
    );
    tenure.tell((name) => {
      const ms = elapsed(this.#claim.target.nodes.clock, round.started);
      return { type: "extended", name, ms, remaining: tenure.left(), granted: round.ballot.granted };
    });
  }

  /** Throws unless a quorum has the value. */
  async verify({ patience, work }: Call): Promise<void> {
    const { target, value } = this.#claim;
    const round = new Round({ operation: "verify", target, value, work });
    await patience.race(round.judged);
    round.close();
    patience.throwIfAborted();
    if (this.#tenure.final !== undefined) throw this.#tenure.final;
    if (round.ballot.isGranted) return;
    if (!round.ballot.isLost)
      throw new LockFailedError(target.name, "could not be verified", round.outcomes());
    const loss = this.#tenure.lose(this.#tenure.lost("is lost", round));
    this.#undoUnlessKept(round, work);
    throw loss;
  }

  /** Resolves when the extensions in flight are judged, each by its own deadline; undefined where there are none. */
  settled(): Promise<unknown> | undefined {
    if (this.#extending.length === 0) return undefined;
    return Promise.all(this.#extending.map((round) => round.judged));
  }

  /** Confirms an extension that succeeded, or returns why it did not. Reads the clock after the replies. */
  #judge(round: Round, retakes: boolean): LockLostError | ExtendFailedError | undefined {
    const tenure = this.#tenure;
    const { nodes, name, settings } = this.#claim.target;
    const { final } = tenure;
    // A loss that was told is final; only what may take the name again begins anew.
    if (final !== undefined && (tenure.isUnlocked || !retakes)) return final;
    if (round.ballot.isLost) return tenure.lose(tenure.lost("is lost", round));
    // An adoption that was confirmed too late is in doubt like one that was not: the value is still the giver's.
    const isInTime = tenure.isConfirmed || elapsed(nodes.clock, round.started) < settings.validity;
    if (round.ballot.isGranted && isInTime) {
      tenure.confirm(round);
      return tenure.left() > 0 ? undefined : tenure.expire();
    }
    const verdict = `could not be extended, ${round.ballot.describe("extended it in time")}`;
    const failure = new ExtendFailedError(name, verdict, round.outcomes());
    tenure.doubt(failure);
    return failure;
  }

  /** Gives the value back to nodes that lost it. What they answer counts for nothing but the event. */
  #repair(seats: readonly Seat[], work: Work): void {
    const tenure = this.#tenure;
    if (seats.length === 0 || tenure.isUnlocked || this.isHandedOver || tenure.left() <= 0) return;
    const { clock } = this.#claim.target.nodes;
    const started = now(clock);
    this.#claim.put("repair", work, {
      seats,
      heard: ({ name, link }, answer) => {
        if (answer !== "granted" || tenure.isUnlocked || tenure.left() <= 0) return;
        tenure.tell(() => ({ type: "repaired", name, node: link.index, ms: elapsed(clock, started) }));
      },
    });
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
}

import type { Background } from "./background.ts";
import { elapsed, present } from "./clock.ts";
import { ExtendFailedError, type LockLostError } from "./errors.ts";
import type { Lease } from "./lease.ts";
import type { LockSpec, NodeKey } from "./lock-spec.ts";
import type { Ownership } from "./ownership.ts";
import type { Round } from "./round.ts";
import type { Wait } from "./wait.ts";

/** What came of an extension: nothing if it succeeded. */
type Verdict = LockLostError | ExtendFailedError | undefined;

/** Extends one lock, adopts it, and repairs it: gives the value back to nodes that lost it. */
export class Extension {
  readonly #spec: LockSpec;
  readonly #ownership: Ownership;
  readonly #lease: Lease;
  /** Of extensions that are not decided yet; each resolves then. */
  readonly #verdicts = new Map<Round, Promise<Verdict>>();
  /** Those that an unlock waits for: it releases what they leave. */
  readonly #awaited = new Set<Round>();

  constructor(ownership: Ownership, lease: Lease) {
    this.#spec = ownership.spec;
    this.#ownership = ownership;
    this.#lease = lease;
  }

  get isUnderWay(): boolean {
    return this.#verdicts.size > 0;
  }

  /** Resolves when no extension is under way any more, at their deadlines at the latest. */
  async settled(): Promise<void> {
    // What takes a name anew that had run out is another lock, which ends here.
    if (this.#lease.validFor > 0) for (const round of this.#verdicts.keys()) this.#awaited.add(round);
    await Promise.all(this.#verdicts.values());
  }

  /**
   * Extends the lock, or with `setNXOnExtend` takes it anew if nobody holds it. Throws the verdict if that fails. The nodes are asked
   * to the end, and the verdict counts, also if the caller stops waiting.
   */
  async run(wait: Wait, background: Background): Promise<void> {
    const { setNXOnExtend, expiry } = this.#spec.settings;
    const { state } = this.#lease;
    const isAdoption = state === "adopting";
    const mayReacquire = setNXOnExtend && !isAdoption;
    const operation = isAdoption ? "adopt" : mayReacquire ? "acquire" : "extend";
    const lossBefore = this.#lease.loss;
    const lost: NodeKey[] = [];
    let isRepairing = false;
    const round = this.#ownership.ask({
      operation,
      background,
      token: this.#ownership.token,
      mayMissFence: operation === "extend",
      onAnswer: (key, answer) => {
        if (answer !== "absent") return;
        if (isRepairing) this.#repair([key], background);
        else lost.push(key);
      },
    });
    // Until the verdict, which comes after the last answer and may begin a repair.
    const span = background.begin(round.startedAt + expiry);
    const verdict = round.decided((): Verdict => {
      this.#verdicts.delete(round);
      // Nobody waits for the adoption any more: the lock is still its previous owner's.
      const isOver = wait.isAborted || this.#spec.context.lifetime.isClosed;
      const isLeft = isOver && this.#lease.state === "adopting";
      const failure = isLeft ? undefined : this.#applyVerdict(round, mayReacquire, lossBefore, wait);
      isRepairing = !isLeft && failure === undefined;
      if (isRepairing) this.#repair(lost, background);
      background.end(span);
      return failure;
    });
    // One is decided at once if no node may be asked.
    if (!round.isDecided) this.#verdicts.set(round, verdict);
    const failure = await wait.orEnd(verdict);
    // Confirmed before the call was ended, it is its caller's: nobody else would give it back.
    if (isAdoption && this.#lease.state === "held") return;
    wait.throwIfAborted();
    if (isAdoption) this.#spec.context.lifetime.throwIfClosed();
    if (round.platformError) throw round.platformError.error;
    if (failure) throw failure;
  }

  /** Does what follows from an extension's votes, and returns why it failed. */
  #applyVerdict(
    round: Round,
    mayReacquire: boolean,
    lossBefore: LockLostError | undefined,
    wait: Wait,
  ): Verdict {
    const failure = this.#judge(round, mayReacquire, lossBefore, wait);
    // unlock() releases what it finds, except what is taken anew behind its own release.
    const isReleased = this.#lease.state === "unlocked" && (this.#awaited.has(round) || !mayReacquire);
    if (!isReleased) this.undoUnlessKept(round);
    if (failure) return failure;
    this.#spec.settings.onEvent?.({
      type: "extended",
      name: this.#spec.name,
      ms: round.elapsed,
      remaining: this.#lease.validFor,
      granted: round.votes.granted,
    });
    return undefined;
  }

  /** Confirms an extension that succeeded, or returns why it did not. Reads the clock after the replies. */
  #judge(round: Round, mayReacquire: boolean, lossBefore: LockLostError | undefined, wait: Wait): Verdict {
    const { validity, onEvent } = this.#spec.settings;
    const { votes } = round;
    const { state } = this.#lease;
    // An unlock that was called meanwhile waits for this: nothing is deleted yet, and what is not there was lost before.
    if (state === "unlocked" && votes.isLost && !mayReacquire)
      this.#lease.lose("was lost", round.questions.outcomes());
    const { end } = this.#lease;
    // A loss is final; only what may take the name again, and was begun when it was known, begins anew.
    if (end && (state === "unlocked" || !mayReacquire || end !== lossBefore)) return end;
    if (votes.isLost) return this.#lease.lose("was lost", round.questions.outcomes());
    // An adoption that was confirmed too late is in doubt like one that was not: the value is still its previous owner's. What is left
    // of the last millisecond is nothing to its holder.
    const isInTime = state !== "adopting" || Math.floor(validity - round.elapsed) > 0;
    if (votes.isGranted && isInTime) {
      this.#lease.confirm(round);
      // It may have run out meanwhile, and been forgotten; or close() has ended all that is held, and ends this one now.
      this.#ownership.holder?.remember();
      return this.#lease.end ?? (this.#lease.validFor > 0 ? undefined : this.#lease.expire());
    }
    const { name } = this.#spec;
    const verdict = `could not be extended: ${votes.describe("extended it", validity)}`;
    const error = new ExtendFailedError(name, verdict, round.questions.outcomes());
    this.#lease.doubt(error.outcomes);
    if (!wait.isAborted) onEvent?.({ type: "failed", name, code: error.code, ms: round.elapsed, error });
    return error;
  }

  /** Gives the value back to nodes that lost it. What they answer counts for nothing but the event. */
  #repair(keys: readonly NodeKey[], background: Background): void {
    const without = keys.filter((key) => !this.#ownership.isWriting(key));
    if (without.length === 0 || !this.#isHeld) return;
    const { clock } = this.#spec.context;
    const started = present(clock);
    this.#ownership.ask({
      operation: "repair",
      background,
      token: this.#ownership.token,
      keys: without,
      onAnswer: ({ name, health }, answer) => {
        if (answer !== "ok" || !this.#isHeld) return;
        const ms = elapsed(clock, started);
        this.#spec.settings.onEvent?.({ type: "repaired", name, node: health.index, ms });
      },
    });
  }

  /** Releases what the round found or wrote, unless somebody counts on it. */
  undoUnlessKept(round: Round): void {
    this.#ownership.holder?.noteExpiry();
    if (!this.#ownership.keepsGrants()) void this.#ownership.undo(round, round.options.background);
  }

  get #isHeld(): boolean {
    return this.#lease.state === "held" && this.#lease.validFor > 0;
  }
}

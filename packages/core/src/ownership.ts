import {
  type AskingRound,
  isWrite,
  type PendingWrite,
  type RoundOptions,
  type RoundOwner,
} from "./asking.ts";
import type { Background } from "./background.ts";
import { chance } from "./clock.ts";
import type { LockSpec, NodeKey } from "./lock-spec.ts";
import type { NodeError } from "./node-error.ts";
import { Round } from "./round.ts";
import type { RoundQuestions } from "./round-questions.ts";
import type { NodeAnswer } from "./votes.ts";
import type { Streak } from "./waiting/streak.ts";

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 400;
const NONE: readonly RoundQuestions[] = [];

/** A lock, as far as it decides what stays on the nodes. */
export interface Holder {
  /** It is held, and may have been forgotten. */
  remember(): void;
  /** Notes a loss that nobody has noticed: what is kept depends on it. */
  noteExpiry(): void;
  /** Whether the nodes are to keep the value. */
  keepsGrants(): boolean;
  /** Whether a node that lost the value, or never had it, may be given it. */
  readonly mayRepair: boolean;
}

/** The wait that led to a lock. */
export interface Queued {
  /** Leaves the queues that it is still in. */
  leave(background: Background): void;
}

/**
 * What one value has on the nodes: it is written there, kept while somebody holds the lock, and released otherwise, also on a node
 * that reports only later that it granted it.
 */
export class Ownership implements RoundOwner {
  readonly spec: LockSpec;
  readonly value: string;
  /** The fencing token, if there is one. */
  token: number | undefined;
  readonly written: boolean[];
  fenceAway: Set<NodeKey> | undefined;
  /** The lock that has the value, as far as it decides what is kept. */
  holder: Holder | undefined;
  /** That of the line in which it was waited for. */
  streak: Streak | undefined;
  /** How it was waited for; nodes that did not grant it may still have that in their queues. */
  queued: Queued | undefined;
  #isGivenUp = false;
  #isAbandoned = false;
  /** Rounds that may still put the value somewhere. */
  #writes: readonly RoundQuestions[] = NONE;

  constructor(spec: LockSpec, value: string, token?: number) {
    this.spec = spec;
    this.value = value;
    this.token = token;
    this.written = new Array(spec.keys.length);
  }

  /**
   * Whether whoever goes on waiting comes after the one that has the name next. So it is for several names: kept for a call that cannot have
   * the others yet, a name would serve nobody. With one name two waiters may have a node each: if both let the other one first they
   * change places, and if their nodes disagree about who came first, neither may ever have both if nobody does. So a coin decides.
   */
  get #letsOthersFirst(): boolean {
    const { names, context } = this.spec;
    return names.length > 1 || chance(context.clock) < 0.5;
  }

  /** Whether a grant that still arrives should be kept. The lock supplies the answer; once it is false, such a grant is released. */
  keepsGrants(): boolean {
    return !this.#isGivenUp && (this.holder?.keepsGrants() ?? true);
  }

  missFence(key: NodeKey): void {
    if (key.fence === undefined) return;
    this.fenceAway ??= new Set();
    this.fenceAway.add(key);
  }

  findFence(key: NodeKey): void {
    this.fenceAway?.delete(key);
  }

  /** Asks the nodes. */
  ask(options: RoundOptions): Round {
    const round = new Round(this.spec, this, options);
    const { operation } = options;
    if (operation === "acquire" || operation === "repair") {
      const pending = this.#writes === NONE ? NONE : this.#writes.filter(({ isWaiting }) => isWaiting);
      this.#writes = [...pending, round.questions];
    }
    round.start();
    return round;
  }

  /**
   * Gives the value up: releases it on every node that may have it by this round. Resolves when those that had granted it have
   * answered, and never rejects. `isAbandoned`: nobody makes another attempt in its stead.
   */
  undo(round: Round, background: Background, isAbandoned = false): Promise<void> {
    const { enter } = round.options;
    this.#isGivenUp = true;
    this.#isAbandoned = isAbandoned;
    const granted: NodeKey[] = [];
    const unsure: NodeKey[] = [];
    for (const key of this.spec.keys) {
      if (!this.written[key.index]) continue;
      const answer = round.questions.answerOf(key);
      if (answer === "ok") granted.push(key);
      // A node that was not asked may have it from before, and one that had nothing may have been given it since, by a repair. One
      // that refused may have been asked before, by a client that sends again.
      else if (answer !== "taken") unsure.push(key);
    }
    const again = enter && !isAbandoned ? { enter: this.#letsOthersFirst ? behindOthers(enter) : enter } : {};
    if (unsure.length > 0) this.release(background, { ...again, keys: unsure });
    this.queued?.leave(background);
    if (granted.length === 0) return Promise.resolve();
    return this.release(background, { ...again, keys: granted }).decided(() => {});
  }

  /**
   * Releases the value, by default on every node: on silent ones too if they may have it. With `insists` a node that refuses
   * for a moment is asked again before the decision.
   *
   * Core sends a delete again that a client could not deliver, or that a server refused for a moment (BUSY, LOADING), twice within
   * half a second: what it is to delete may have been written before the connection broke, and most clients are connected again by
   * then. What remains ends with its expiry.
   */
  release(
    background: Background,
    options: Pick<RoundOptions, "keys" | "insists" | "pause" | "enter"> = {},
  ): Round {
    return this.ask({ ...options, operation: "release", background });
  }

  writesPendingAt(key: NodeKey): readonly PendingWrite[] {
    return this.#writes.filter((round) => round.isWaitingFor(key));
  }

  /** Whether what was sent before may still put the value there. */
  isWriting(key: NodeKey): boolean {
    return this.#writes.some((write) => write.isWaitingFor(key));
  }

  onReply(round: AskingRound, key: NodeKey, answer: NodeAnswer | NodeError, isPermanent: boolean): void {
    const { background, operation } = round.options;
    if (operation === "release") {
      if (typeof answer !== "string" && !isPermanent) this.#releaseAgain(round, key);
      // The attempt of a call that has ended had the name on this node until now, and whoever asked meanwhile found it taken.
      if (answer === "ok" && this.#isAbandoned && this.spec.settings.fair)
        this.spec.context.queue?.wake([key.name], this.streak);
      return;
    }
    // If a release was sent, at the deadline, it may have come first: HTTP and pools keep no order. And nobody waits for the
    // decision of a repair.
    const isUnseen = isWrite(round) && (round.isDecided || operation === "repair");
    if (!isUnseen || answer !== "ok") return;
    this.holder?.noteExpiry();
    if (!this.keepsGrants()) this.release(background, { keys: [key] });
  }

  #releaseAgain({ options: { background, pause = FIRST_PAUSE_MS } }: AskingRound, key: NodeKey): void {
    const { clock, wakeUps } = this.spec.context;
    const { expiry } = this.spec.settings;
    if (pause > Math.min(LAST_PAUSE_MS, expiry)) return;
    const span = background.begin(clock.monotonic() + expiry);
    const again = () => {
      this.release(background, { keys: [key], pause: 4 * pause });
      background.end(span);
    };
    wakeUps.set(again, pause);
  }
}

function behindOthers(enter: (key: NodeKey) => string): (key: NodeKey) => string {
  return (key) => {
    const entry = enter(key);
    return entry && `+${entry}`;
  };
}

import type { RoundOwner } from "../asking.ts";
import { Background } from "../background.ts";
import { copyOf, type Moment } from "../clock.ts";
import { keyOf, type LockSpec, type NodeKey } from "../lock-spec.ts";
import type { Ownership, Queued } from "../ownership.ts";
import type { Round } from "../round.ts";
import type { NodeAnswer } from "../votes.ts";
import type { Callee, Calls } from "./calls.ts";
import type { Entrant } from "./claims.ts";
import { Kept } from "./kept.ts";
import { leaveQueues } from "./leave.ts";
import type { Place } from "./line.ts";
import { pauseAfter } from "./patience.ts";
import { takeKept } from "./take-kept.ts";

/** After how long one that cannot be called enters the queues all the same: it holds up the others until it asks. */
const POLLS_AFTER_MS = 1_000;
/** For how long a turn is kept at most for one that polls, beside a deadline. */
const LONGEST_POLL_MS = 1_000;

/** How a waiter gets its turn: it is called, and the server counts whether anybody hears that, or cannot; or it polls. */
type Kind = "c" | "u" | "p";

/**
 * One wait for a lock, as the nodes know it: its entries in their queues, their calls, and how it leaves them. Its entries have one
 * score on every node, which says when it began to wait.
 */
export class Waiter implements Entrant, Callee, Queued {
  readonly #spec: LockSpec;
  readonly #calls: Calls;
  readonly #place: Place;
  readonly #since: Moment;
  #number: string | undefined;
  #kind: Kind | undefined;
  #score: number | undefined;
  /** Whether a node may have it in a queue, by the key's index. */
  #entered: boolean[] = [];
  /** For how long nodes keep a name for it, in ms. */
  #span: number | undefined;
  readonly #kept: Kept;
  #gathering: unknown;
  /** The round in which it was refused last. */
  #refused: Round | undefined;
  #held: Ownership | undefined;
  #hasComeForward = false;
  #isOver = false;

  constructor(spec: LockSpec, calls: Calls, place: Place, since: Moment) {
    this.#spec = spec;
    this.#calls = calls;
    this.#place = place;
    this.#since = copyOf(since);
    this.#kept = new Kept(spec);
  }

  /** Has the nodes call it. */
  begin(): void {
    this.#place.entrant = this;
    this.#calls.begin();
  }

  enterAt(node: number, name: string): string {
    return this.enter(keyOf(this.#spec, node, name) as NodeKey);
  }

  /** Its entry in a queue: score, for how long it has waited, id. Nothing if it may not be entered there, or not yet. */
  enter(key: NodeKey): string {
    if (this.#isOver || key.queue === undefined) return "";
    const { clock, voters } = this.#spec.context;
    const ms = clock.monotonic() - this.#since.startedAt;
    this.#number ??= this.#calls.expect(this);
    if (this.#calls.areReady) this.#kind ??= voters.some(({ health }) => health.hasSlots) ? "u" : "c";
    else if (ms >= POLLS_AFTER_MS) this.#kind ??= "p";
    this.#score ??= this.#calls.timeAt(this.#since.startedAt);
    const isReached = this.#kind === "p" || this.#calls.canCall(key.health.index);
    if (this.#kind === undefined || this.#score === undefined || !isReached) return "";
    this.#entered[key.index] = true;
    return `${this.#score} ${Math.floor(ms * 1_000)} ${this.#id(key.name)}`;
  }

  /** As the first in line it asks as soon as nodes can call it, so that they know it. */
  comeForward(): void {
    if (this.#hasComeForward || !this.#place.mayAsk) return;
    this.#hasComeForward = true;
    this.#number ??= this.#calls.expect(this);
    if (this.#calls.areReady) this.#place.wake();
  }

  /** It asks, and what was kept for it before is known to this question. */
  ask(): void {
    this.#refused = undefined;
    this.#kept.clear();
    this.#spec.context.clock.clearTimer(this.#gathering);
    this.#gathering = undefined;
  }

  /** A node answered its acquire, before the decision or after it. */
  onAnswer(key: NodeKey, answer: NodeAnswer, owner: RoundOwner, background: Background): void {
    if (answer === "ok") {
      this.#kept.granted(key);
      // An attempt before the one that was granted says nothing: that one has entered it since.
      if (this.#held === undefined || this.#held === owner) this.#leftQueue(key);
    }
    // The node may have heard that it leaves before it heard this question.
    else if (this.#isOver) this.#leave(background, [key]);
  }

  /** Its attempt failed. */
  refused(round: Round): void {
    const first = round.questions.all.find(({ told }) => told?.taken !== undefined)?.told?.taken;
    if (first) this.#calls.learn(first.time, this.#spec.context.clock.monotonic());
    if (this.#kind !== "p") {
      this.#calls.renew();
      this.#refused = round;
    }
    this.#place.patience = this.patience();
  }

  patience(): number | undefined {
    return this.#refused && pauseAfter(this.#refused);
  }

  /** A node keeps a name for it. */
  onCall(node: number, name: string): boolean {
    const key = keyOf(this.#spec, node, name);
    if (this.#isOver || key === undefined) return false;
    this.#entered[key.index] = true;
    if (this.#held) return takeKept(this.#held, key, this);
    if (this.waitHere()) return true;
    const wake = () => this.#place.wake();
    if (this.#kept.add(key)) wake();
    else this.#gathering ??= this.#spec.context.clock.setTimer(wake, this.#kept.gatherFor(this.#place), true);
    return true;
  }

  /** Waits in no queue while a lock of this process has one of its names: it could not use what a node keeps. Returns whether one has. */
  waitHere(): boolean {
    const { claim } = this.#place;
    if (this.#spec.names.length === 1 || claim.isFree) return false;
    claim.wait();
    if (!claim.isHeld) return false;
    this.ask();
    this.#place.patience = undefined;
    this.#place.promote();
    this.#leave(new Background(this.#spec.context.inFlight));
    return true;
  }

  /** Nodes can call it from now on: it asks, so that they know it. So it does for each that is late: its quorum may need that one. */
  onReady(node: number, isRenewed: boolean): void {
    const isOut = ({ health, index }: NodeKey) => health.index === node && !this.#entered[index];
    const isUnknown = isRenewed || this.#spec.keys.some(isOut);
    const isWanted = this.#kind === undefined || (this.#kind !== "p" && isUnknown);
    if (isWanted && !this.#held && this.#place.mayAsk) this.#place.wake();
  }

  /** It has the lock. What nodes kept for it meanwhile, or keep for it later, it takes as well. */
  hold(ownership: Ownership): void {
    const kept = [...this.#kept.reserved];
    this.ask();
    this.#held = ownership;
    ownership.queued = this;
    this.#calls.end();
    // None of its nodes has it in a queue.
    if (!this.#entered.includes(true)) return this.#forget();
    for (const key of kept)
      if (!takeKept(ownership, key, this)) this.#leave(new Background(this.#spec.context.inFlight), [key]);
  }

  /** The wait is over, or the lock that came of it: it leaves the queues. */
  leave(background: Background): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.ask();
    if (!this.#held) this.#calls.end();
    this.#forget();
    this.#leave(background);
  }

  /** Leaves these queues; by default all in which it may be. */
  #leave(background: Background, keys = this.#spec.keys.filter(({ index }) => this.#entered[index])): void {
    if (keys.length > 0) leaveQueues(this.#spec, keys, (name) => this.#id(name), background);
    for (const { index } of keys) this.#entered[index] = false;
  }

  #leftQueue({ index }: NodeKey): void {
    this.#entered[index] = false;
    if (this.#held && !this.#entered.includes(true)) this.#forget();
  }

  #forget(): void {
    if (this.#number !== undefined) this.#calls.forget(this.#number);
  }

  #id(name: string): string {
    const pause = () => (this.#kind === "p" ? this.#place.keepFor(LONGEST_POLL_MS) : 0);
    this.#span ??= Math.ceil(this.#spec.settings.timeout + pause());
    return `~${this.#kind}${this.#calls.address}:${this.#number}:${this.#span}:${name}`;
  }
}

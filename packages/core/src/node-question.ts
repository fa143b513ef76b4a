import type { AskingRound } from "./asking.ts";
import type { Failure, Question, SentCommand } from "./batch.ts";
import type { Answer } from "./commands.ts";
import type { NodeKey } from "./lock-spec.ts";
import type { NodeError } from "./node-error.ts";
import type { Operation } from "./operation.ts";
import { isTryAgain } from "./refusal.ts";
import type { NodeAnswer } from "./votes.ts";

/** The round that a question belongs to. */
export interface QuestionOwner extends AskingRound {
  onAnswer(question: NodeQuestion, answer: Answer): void;
  onFailure(question: NodeQuestion, failure: Failure): void;
}

/** What a round asks about one name on one node, and what is known of the answer. */
export class NodeQuestion implements Question {
  readonly key: NodeKey;
  /** What the node said by the time of the decision. */
  answer: NodeAnswer | NodeError | undefined;
  /** All that the node told, be it after the decision. */
  told: Answer | undefined;
  /** Whether the answer is still waited for. */
  isOpen: boolean = false;
  /** Why it is asked again, and how many milliseconds later: twice as many each time. */
  refusal: NodeError | undefined;
  pause = 10;
  readonly #round: QuestionOwner;
  #isFenced: boolean;
  /** The name's queue, if the node is asked about it, and the entry of a waiter. */
  queue: string | undefined;
  entry = "";
  /** Whether the node refused the question because of the queue. */
  #queueRefusal: "for now" | "for good" | undefined;
  #command: SentCommand | undefined;
  #whenSettled: ((hasNothing: boolean) => void)[] | undefined;

  constructor(key: NodeKey, round: QuestionOwner) {
    this.key = key;
    this.#round = round;
    const { mayMissFence, token } = round.options;
    this.#isFenced = token !== undefined && !(mayMissFence && round.owner.fenceAway?.has(key));
  }

  /** What was stored, or for how many milliseconds the name is taken. */
  get detail(): number {
    return this.told?.detail ?? Number.NaN;
  }

  get name(): string {
    return this.key.name;
  }

  get value(): string {
    return this.#round.owner.value;
  }

  get operation(): Operation {
    return this.#round.options.operation;
  }

  get isAttempt(): boolean {
    return this.#round.options.attempt !== undefined;
  }

  get expiry(): string {
    return this.#round.spec.settings.expiryText;
  }

  get fence(): string | undefined {
    return this.#isFenced ? this.key.fence : undefined;
  }

  get token(): number | undefined {
    return this.#round.options.token;
  }

  get retention(): string {
    return this.#round.spec.settings.retentionText;
  }

  get call(): object {
    return this.#round.options.background;
  }

  /** Whether a release waits for it to be settled: that sees to what it leaves behind. */
  get isAwaited(): boolean {
    return this.#whenSettled !== undefined;
  }

  /**
   * Whether the node may be asked: not while it is silent. But a node that may have the value is sent a release in any case, and an
   * extension for as long as the node may be back in time. Returns why not, and counts as asking otherwise.
   */
  admit(): NodeError | undefined {
    const { options, owner, spec } = this.#round;
    const { expiry, timeout } = spec.settings;
    const { health } = this.key;
    const silence = health.unresponsiveFor(timeout, this.#round);
    if (!silence) return undefined;
    const isUrgent = options.operation === "release" || !health.unresponsiveFor(expiry, this.#round);
    if (isUrgent && owner.written[this.key.index]) return undefined;
    return health.allowRequest(this.#round, expiry) ? undefined : silence;
  }

  /** Asks the node; a release comes after what it takes back. */
  ask(): void {
    const { options, owner } = this.#round;
    if (options.operation !== "release" || !owner.isWriting(this.key)) return this.#send();
    const pending = owner.writesPendingAt(this.key);
    let open = pending.length;
    let isNothing = true;
    const onSettled = (hasNothing: boolean) => {
      isNothing &&= hasNothing;
      if (--open > 0) return;
      if (isNothing) this.#round.onAnswer(this, { status: "taken", detail: Number.NaN });
      else this.#send();
    };
    for (const write of pending) write.whenSettled(this.key, onSettled);
  }

  #send(): void {
    const { operation, enter } = this.#round.options;
    const { queue, health, batch } = this.key;
    if (
      queue !== undefined &&
      this.#queueRefusal === undefined &&
      health.allowsQueues(this.#round.spec.context.clock)
    ) {
      this.entry = enter?.(this.key) ?? "";
      const isAbout = operation === "release" || operation === "inspect" || this.entry !== "";
      this.queue = isAbout ? queue : undefined;
    }
    batch.ask(this);
  }

  /**
   * The node refused the question for one of its keys, which may be the queue's. Returns whether it is to be asked again without it: the
   * queue never changes an answer.
   */
  leaveQueue(isForGood: boolean): boolean {
    if (this.queue === undefined) return false;
    this.queue = undefined;
    this.entry = "";
    this.#queueRefusal = isForGood ? "for good" : "for now";
    return true;
  }

  /**
   * While a slot of a Cluster moves, the name may be on one server and its fence on another. Returns whether the question is to be
   * asked again, about the name alone.
   */
  leaveFence({ message }: NodeError): boolean {
    const { options, owner } = this.#round;
    if (!options.mayMissFence || !this.#isFenced || !isTryAgain(message) || !this.isWanted()) return false;
    owner.missFence(this.key);
    this.#isFenced = false;
    return true;
  }

  isWanted(): boolean {
    return !this.#round.isDecided || this.operation === "release" || this.#round.owner.keepsGrants();
  }

  onSent(command: SentCommand): void {
    this.#command = command;
  }

  // A command that has ended is let go of: through the other questions in it, one lock would keep all later ones in memory.
  onAnswer(answer: Answer): void {
    this.#command = undefined;
    if (this.#queueRefusal !== undefined)
      this.key.health.refuseQueues(this.#queueRefusal === "for now", this.#round.spec.context.clock);
    this.#round.onAnswer(this, answer);
  }

  onFailure(failure: Failure): void {
    this.#command = undefined;
    this.#round.onFailure(this, failure);
  }

  /** Nobody waits for the answer any more. */
  giveUp(): void {
    this.isOpen = false;
    this.#command?.giveUp();
  }

  /** Has `run` called when the node has answered, or at the deadline. */
  whenSettled(run: (hasNothing: boolean) => void): void {
    this.#whenSettled ??= [];
    this.#whenSettled.push(run);
  }

  settle(hasNothing: boolean): void {
    const runs = this.#whenSettled;
    this.#whenSettled = undefined;
    if (runs) for (const run of runs) run(hasNothing);
  }
}

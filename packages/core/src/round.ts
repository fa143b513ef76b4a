import { isWrite, type RoundOptions, type RoundOwner } from "./asking.ts";
import type { Failure } from "./batch.ts";
import { elapsed } from "./clock.ts";
import type { Answer } from "./commands.ts";
import type { Deadline } from "./deadlines.ts";
import type { Span } from "./in-flight.ts";
import { inRandomOrder } from "./in-random-order.ts";
import type { LockSpec } from "./lock-spec.ts";
import type { NodeError } from "./node-error.ts";
import type { NodeQuestion, QuestionOwner } from "./node-question.ts";
import { isForFramework } from "./refusal.ts";
import { reportFailure } from "./report-failure.ts";
import { RoundQuestions } from "./round-questions.ts";
import { type NodeAnswer, Votes } from "./votes.ts";

/**
 * One question to all nodes at once. It is decided when every node has answered, at its deadline, or as soon as `failFast`
 * allows, and goes on listening: a late answer may have to be undone. If a node has not answered an expiry after it was asked, its
 * client is to stop (`signal`), and the round is over.
 *
 * It costs what is asked, whatever else the lock has: thousands of late grants are undone one by one.
 */
export class Round implements QuestionOwner {
  readonly spec: LockSpec;
  readonly owner: RoundOwner;
  readonly options: RoundOptions;
  readonly startedAt: number;
  readonly startedAtWall: number;
  readonly votes: Votes;
  readonly questions: RoundQuestions;
  isDecided = false;
  /** A framework's own error, which has to reach it as it is. */
  platformError: { readonly error: unknown } | undefined;
  readonly #span: Span;
  #deadline: Deadline | undefined;
  /** Of how many nodes the answer is still to come. */
  #open = 0;
  /** Of those, how many have refused for now and will be asked again. */
  #pausing = 0;
  #isOver = false;
  #whenDecided: (() => void) | undefined;
  #giveUpTimer: unknown;

  constructor(spec: LockSpec, owner: RoundOwner, options: RoundOptions) {
    const { clock, voters } = spec.context;
    const { keys = spec.keys, granted } = options;
    this.spec = spec;
    this.owner = owner;
    this.options = options;
    this.startedAt = clock.monotonic();
    this.startedAtWall = clock.wall();
    this.votes = new Votes(spec.names.length, voters.length, granted);
    this.questions = new RoundQuestions(this, keys);
    this.#span = options.background.begin(this.startedAt + 2 * spec.settings.expiry + 1_000);
  }

  /** Asks the nodes that may be asked. */
  start(): void {
    const { settings, context } = this.spec;
    for (const question of this.questions.all) if (this.#admit(question)) this.#open++;
    if (this.#open > 0) this.#deadline = context.deadlines.start(this.startedAt, settings.timeout, this);
    for (const question of settings.shuffleNodes ? inRandomOrder(this.questions.all) : this.questions.all) {
      if (!question.isOpen) continue;
      if (isWrite(this)) this.owner.written[question.key.index] = true;
      question.ask();
    }
    this.#decideIfPossible();
  }

  get elapsed(): number {
    return elapsed(this.spec.context.clock, this);
  }

  /** Resolves with the decision, to what `then` makes of it. The round itself never rejects. To be asked for once. */
  decided<T>(then: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        try {
          resolve(then());
        } catch (error) {
          reject(error);
        }
      };
      if (this.isDecided) settle();
      else this.#whenDecided = settle;
    });
  }

  /** Decides the round now; a node that has not answered counts as unknown. */
  decide(): void {
    if (this.isDecided) return;
    this.isDecided = true;
    this.#whenDecided?.();
  }

  onAnswer(question: NodeQuestion, answer: Answer): void {
    const [{ key }, { status }] = [question, answer];
    key.health.outage.answered();
    question.told = answer;
    if (!this.isDecided) {
      question.answer = status;
      this.votes.count(key.nameIndex, status);
    }
    if (status === "ok") this.owner.findFence(key);
    this.#onReply(question, status, false);
  }

  onFailure(question: NodeQuestion, failure: Failure): void {
    const { error, thrown, isRefused, isNotSent, isPermanent } = failure;
    const { key } = question;
    if (question.leaveFence(error)) return question.ask();
    if (this.options.insists && isRefused && !isPermanent && !this.questions.isOverdue)
      return this.#askLater(question, error);
    // Nothing of a first attempt is there then.
    if (isNotSent && this.options.attempt !== undefined) this.owner.written[key.index] = false;
    if (!this.isDecided) {
      question.answer = error;
      if (isPermanent) this.votes.count(key.nameIndex, "barred");
    }
    if (isForFramework(thrown)) this.platformError ??= { error: thrown };
    if (this.platformError) this.decide();
    // A failure after the deadline was reported as a timeout.
    if (!this.questions.isOverdue) reportFailure(this, key, error);
    this.#onReply(question, error, isPermanent);
  }

  #admit(question: NodeQuestion): boolean {
    const silence = question.admit();
    question.answer = silence;
    question.isOpen = silence === undefined;
    if (silence) reportFailure(this, question.key, silence);
    return question.isOpen;
  }

  /** Asks a node again after a pause. The round does not wait for that node as long as a quorum does without it. */
  #askLater(question: NodeQuestion, refusal: NodeError): void {
    if (!this.isDecided) question.answer = refusal;
    question.refusal = refusal;
    this.#pausing++;
    const again = () => {
      this.#pausing--;
      if (!this.questions.isOverdue) return question.ask();
      this.#onReply(question, refusal, false);
    };
    this.spec.context.wakeUps.set(again, question.pause);
    question.pause *= 2;
    this.#decideIfPossible();
  }

  #onReply(question: NodeQuestion, answer: NodeAnswer | NodeError, isPermanent: boolean): void {
    const { key, isOpen, isAwaited } = question;
    if (isOpen) this.#open--;
    question.isOpen = false;
    // A client that gives up at our signal has nothing to say.
    if (typeof answer === "string") this.options.onAnswer?.(key, answer);
    if ((typeof answer === "string" || isOpen) && !isAwaited)
      this.owner.onReply(this, key, answer, isPermanent);
    question.settle(answer === "taken" && this.options.attempt !== undefined);
    this.#decideIfPossible();
  }

  /** Decides the round if it can be, and ends it when no answer is waited for. */
  #decideIfPossible(): void {
    const { isGranted, isContended } = this.votes;
    // Early on two facts alone, which no later answer can change. On any other, {failed, taken, taken} would be "failed" or
    // "taken" by the order of the replies.
    const waitsForAll = !this.spec.settings.failFast || this.options.operation === "inspect";
    if (!waitsForAll && (isGranted || isContended)) this.decide();
    if (this.#open === this.#pausing && (this.#open === 0 || isGranted)) this.decide();
    if (this.#open > 0 || this.#isOver) return;
    this.#isOver = true;
    this.#deadline?.queue.clear(this.#deadline);
    if (this.#giveUpTimer !== undefined) this.spec.context.clock.clearTimer(this.#giveUpTimer);
    this.options.background.end(this.#span);
  }

  onDeadline(): void {
    const { expiry, timeout } = this.spec.settings;
    this.questions.onDeadline();
    this.decide();
    for (const question of this.questions.all) if (question.isOpen) this.#onTimeout(question);
    this.#giveUpTimer = this.spec.context.clock.setTimer(() => this.#giveUp(), expiry - timeout, false);
  }

  #onTimeout(question: NodeQuestion): void {
    const { key, refusal } = question;
    // A node that refused, and is to be asked again, did answer.
    if (!refusal) key.health.onTimeout(this);
    if (this.options.mayMissFence) this.owner.missFence(key);
    reportFailure(this, key, refusal ?? this.questions.timeoutError(key));
    question.settle(false);
  }

  #giveUp(): void {
    for (const question of this.questions.all) if (question.isOpen) question.giveUp();
    this.#open = 0;
    this.#decideIfPossible();
  }
}

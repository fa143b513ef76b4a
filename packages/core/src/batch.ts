import { byName, parts } from "./batch-parts.ts";
import type { Clock } from "./clock.ts";
import { type Answer, evalsha, evalText, parseReply, type ScriptQuestion } from "./commands.ts";
import type { Reply, SendOptions } from "./node.ts";
import { type NodeError, nodeError } from "./node-error.ts";
import type { NodeHealth } from "./node-health.ts";
import { messageOf } from "./redact.ts";
import {
  isAboutKeys,
  isAboutOneQuestion,
  isCrossSlot,
  isForbidden,
  isNoScript,
  isTryAgain,
  type Refusal,
  refusalOf,
} from "./refusal.ts";
import { isOnWorkers } from "./workers.ts";

/** Why a question has no answer. */
export interface Failure extends Refusal {
  /** For the user; one for all questions of a command. */
  readonly error: NodeError;
  /** What the client rejected with. */
  readonly thrown: unknown;
}

/** A question with the round that asks it. */
export interface Question extends ScriptQuestion {
  /** The call for which it is asked. */
  readonly call: object;
  /** Whether it is an attempt at a lock, which only a name that is free is granted. */
  readonly isAttempt: boolean;
  /** Whether somebody still wants it done: what was given up is not sent again, because its undo may have overtaken it. */
  isWanted(): boolean;
  /** It left in this command. */
  onSent(command: SentCommand): void;
  onAnswer(answer: Answer): void;
  onFailure(failure: Failure): void;
  /** Whether it can be asked again without the name's queue, and is to be. */
  leaveQueue(isForGood: boolean): boolean;
}

/** A command under way: how it is sent, and when its client is to stop. */
export class SentCommand implements SendOptions {
  readonly questions: readonly Question[];
  readonly isText: boolean;
  #controller: AbortController | undefined;
  #givenUp = 0;

  constructor(questions: readonly Question[], isText: boolean) {
    this.questions = questions;
    this.isText = isText;
  }

  /** The first one: in a command for a Cluster all keys share a slot. */
  get key(): string {
    return (this.questions[0] as Question).name;
  }

  /** Made only for a client that reads it: most cannot use one. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Nobody waits for one of its questions any more. The signal aborts when nobody waits for any. */
  giveUp(): void {
    if (++this.#givenUp === this.questions.length) this.#controller?.abort();
  }
}

/**
 * All that one node is asked in one turn of the event loop leaves as one command, in the microtask after the first question. One
 * question is the same path.
 */
export class Batch {
  readonly #health: NodeHealth;
  readonly #clock: Clock;
  /** On Workers nothing is shared between requests: what one of them sends, another cannot receive. */
  readonly #isOfOneCall: boolean = isOnWorkers();
  readonly #flush = (): void => this.#sendAll();
  #questions: Question[] = [];

  constructor(health: NodeHealth, clock: Clock) {
    this.#health = health;
    this.#clock = clock;
  }

  ask(question: Question): void {
    if (this.#isOfOneCall && this.#questions.some(({ call }) => call !== question.call)) this.#sendAll();
    // Not by `queueMicrotask`, which the fake timers of Jest hold back: no lock would ever be given in a test with them.
    if (this.#questions.push(question) === 1) void Promise.resolve().then(this.#flush);
  }

  #sendAll(): void {
    const questions = this.#questions;
    if (questions.length === 0) return;
    this.#questions = [];
    for (const part of this.#health.hasSlots ? byName(questions) : parts(questions))
      this.#send(part, this.#health.forbidsDigest);
  }

  #send(questions: readonly Question[], isText: boolean): void {
    const command = new SentCommand(questions, isText);
    for (const question of questions) question.onSent(command);
    const onError = (error: unknown) => this.#onError(command, error);
    try {
      const sent = this.#health.node.send(isText ? evalText(questions) : evalsha(questions), command);
      // Some clients' promises are not the language's own: nothing may be counted twice, or be missed because it is no promise.
      Promise.resolve(sent).then((reply) => this.#onReply(command, reply), onError);
    } catch (error) {
      onError(error);
    }
  }

  #onReply(command: SentCommand, reply: Reply): void {
    const { questions } = command;
    let answers: readonly (Answer | Error)[];
    try {
      answers = parseReply(reply, questions.length);
    } catch (error) {
      return this.#onError(command, error);
    }
    this.#health.onReply(true, this.#clock.monotonic());
    for (let index = 0; index < questions.length; index++) {
      const question = questions[index] as Question;
      const answer = answers[index] as Answer | Error;
      if (answer instanceof Error) question.onFailure(this.#failure(answer, [question]));
      else question.onAnswer(wasOurs(index, questions, answers) ? DELETED : answer);
    }
  }

  #onError({ questions, isText }: SentCommand, error: unknown): void {
    const message = messageOf(error);
    const wanted = questions.filter((question) => question.isWanted());
    const names = byName(wanted);
    const isRefusedForOne = isAboutOneQuestion(message) && byName(questions).length > 1;
    if (isRefusedForOne && isCrossSlot(message)) this.#health.hasSlots = true;
    else if (isForbidden(message) && !isAboutKeys(message) && !isRefusedForOne)
      this.#health.forbidsDigest = !isText;
    if (isRefusedForOne) for (const part of names) this.#send(part, isText);
    else if (isAboutKeys(message) && leaveQueues(wanted, message)) this.#send(wanted, isText);
    else if (!isText && (isNoScript(message) || isForbidden(message))) {
      if (wanted.length > 0) this.#send(wanted, true);
    } else return this.#fail(questions, questions, error);
    const rest = questions.filter((question) => !wanted.includes(question));
    this.#fail(rest, questions, error);
  }

  /** `sent` is all that the command asked: the error may have the values of what is sent again. */
  #fail(questions: readonly Question[], sent: readonly Question[], error: unknown): void {
    if (questions.length === 0) return;
    const failure = this.#failure(error, sent);
    this.#health.onReply(failure.isRefused && !failure.isNotSent, this.#clock.monotonic());
    for (const question of questions) question.onFailure(failure);
  }

  #failure(thrown: unknown, questions: readonly Question[]): Failure {
    const refusal = refusalOf(thrown);
    const values = questions.map(({ value }) => value);
    const error = nodeError(this.#health.index, thrown, values, refusal.isRefused);
    return { ...refusal, error, thrown };
  }
}

/** Takes the queue out of the questions. Returns whether any was about one. */
function leaveQueues(questions: readonly Question[], message: string): boolean {
  const isForGood = !isTryAgain(message);
  return questions.filter((question) => question.leaveQueue(isForGood)).length > 0;
}

const DELETED: Answer = { status: "ok", detail: 1 };

/**
 * Whether a release that found another value was run before: the client sent the command again. Only that explains why somebody's
 * acquire of the same name, behind it in the same command, was granted: that value was there from the first time. Unless another lock
 * of the name was released in between.
 */
function wasOurs(
  index: number,
  questions: readonly Question[],
  answers: readonly (Answer | Error)[],
): boolean {
  const { operation, name } = questions[index] as Question;
  if (operation !== "release" || (answers[index] as Answer).status !== "taken") return false;
  const next = questions.find(
    (later, at) =>
      at > index &&
      later.name === name &&
      (later.isAttempt || later.operation === "release") &&
      (answers[at] as Answer).status === "ok",
  );
  return next?.isAttempt === true;
}

import type { Call } from "./call.ts";
import type { Claim } from "./claim.ts";
import { Instant } from "./clock.ts";
import { byDigest, byText, Delivery, meaningOf } from "./commands.ts";
import { failed, type NodeError, type Outcome, unanswered } from "./errors.ts";
import type { Command } from "./node.ts";
import type { Seat, Target } from "./nodes.ts";
import { type Answer, Ballot } from "./quorum.ts";
import { messageOf, redacted } from "./redact.ts";
import type { Operation } from "./script.ts";

/** What a round asks about a claim, and of whom. */
export interface Question {
  readonly operation: Operation;
  /** For which call, be it over by then. */
  readonly call: Call;
  /** Which attempt of a lock this is. */
  readonly attempt?: number;
  /** With fencing: the token to store. */
  readonly token?: number | undefined;
  /** Whom to ask; default: all. */
  readonly seats?: readonly Seat[];
  /** Who has granted it before. */
  readonly granted?: readonly Seat[];
  /** A node answered, before the verdict or after it. */
  heard?(seat: Seat, answer: Answer | NodeError, isLate: boolean): void;
}

/**
 * One question to all nodes at once. It is judged when everybody has answered, at its deadline, or as soon as `failFast`
 * allows, and goes on listening: a late answer may have to be undone. Who has not answered an expiry after being asked is told
 * to stop (`signal`), and the round is over.
 */
export class Round {
  readonly started: Instant;
  readonly ballot: Ballot;
  /** Resolves with the verdict; the round never rejects. */
  readonly judged: Promise<void>;
  /** Whom the question was sent to; the others are silent. */
  readonly asked: readonly Seat[];
  /** What was answered when the round was judged. */
  readonly answers: (Answer | NodeError | undefined)[];
  /** With fencing: what those who granted an acquire have stored, each at its seat. */
  readonly tokens: number[] | undefined;
  readonly #claim: Claim;
  readonly #target: Target;
  readonly #question: Question;
  readonly #deliveries: readonly Delivery[];
  /** Is called when the round is over. */
  #end: (() => void) | undefined;
  /** Who has not answered yet, each with a promise that resolves when it has. */
  readonly #waiting: (Promise<void> | undefined)[];
  #waitingFor = 0;
  #isOpen = true;
  #isOverdue = false;
  #resolve!: () => void;
  /** Whose answers somebody waits for, up to the deadline. */
  #awaited: Set<Seat> | undefined;
  #deadline: Promise<void> | undefined;
  #reachDeadline: (() => void) | undefined;
  #timer: unknown;

  constructor(claim: Claim, question: Question) {
    const { target } = claim;
    const { seats = target.seats, granted, operation, call } = question;
    const { names } = target;
    this.#claim = claim;
    this.#target = target;
    this.#question = question;
    this.started = new Instant(target.clock);
    this.ballot = new Ballot(names, target.links.length, granted);
    // Of the right length: an empty array that grows makes room for 16 more.
    this.answers = new Array(target.seats.length);
    this.#waiting = new Array(target.seats.length);
    this.tokens = target.fences && [];
    this.#deliveries = names.map((name) => new Delivery(name));
    this.judged = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#end = call.begin(this.started.monotonic + 2 * target.expiry + 1_000);
    this.asked = seats.filter((seat) => this.#admits(seat));
    // In two steps: timers run before sockets are read, and a process that could not run may have the answers at hand.
    if (this.asked.length > 0)
      this.#setTimer(() => this.#setTimer(() => this.#endInTime(), 0, true), target.timeout, true);
    const commands = names.map((_, of) => byDigest(target, of, claim.value, question));
    for (const seat of target.shuffleNodes ? shuffled(this.asked) : this.asked) {
      const send = () => this.#send(seat, commands[seat.of] as Command);
      // A release comes after what it takes back.
      const held = operation === "release" ? claim.pendingAt(seat) : undefined;
      this.#waitingFor++;
      this.#waiting[seat.at] = held ? held.then(send) : send();
    }
    this.#review();
  }

  /** Whether an answer may still come before the deadline. */
  isWaitingFor(seat: Seat): boolean {
    return this.#waiting[seat.at] !== undefined && !this.#isOverdue;
  }

  /** Resolves when the seat has answered, or at the deadline. Whoever waits for that sees to what it leaves behind. */
  settled(seat: Seat): Promise<void> {
    this.#awaited ??= new Set();
    this.#awaited.add(seat);
    this.#deadline ??= new Promise((resolve) => {
      this.#reachDeadline = resolve;
    });
    return Promise.race([this.#waiting[seat.at], this.#deadline]);
  }

  /** What everybody who was to be asked had said when the round was judged, in the place of what they said `before`. */
  outcomes(before: readonly Outcome[] = []): Outcome[] {
    const { seats = this.#target.seats } = this.#question;
    const outcomes = [...before];
    for (const seat of seats) {
      const { name, at } = seat;
      const node = seat.link.index;
      const answer = this.answers[at] ?? this.#unanswered(seat);
      outcomes[at] =
        typeof answer === "string"
          ? { name, node, status: answer }
          : { name, node, status: answer.refused ? "failed" : "unknown", error: answer };
    }
    return outcomes;
  }

  /** Judges the round now; who has not answered counts as unknown. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#resolve();
  }

  /** Whether a seat is to be asked: not while its node is silent. */
  #admits(seat: Seat): boolean {
    const { operation } = this.#question;
    const { expiry, timeout } = this.#target;
    const { link } = seat;
    const silence = link.silentFor(timeout, this.started);
    if (!silence) return true;
    // Where our value may sit a release goes in any case, and an extension for as long as the node may be back in time.
    const isUrgent = operation === "release" || !link.silentFor(expiry, this.started);
    if (isUrgent && this.#claim.seats.includes(seat)) return true;
    if (link.admits(this.started, expiry)) return true;
    this.answers[seat.at] = silence;
    this.#report(seat, silence);
    return false;
  }

  async #send(seat: Seat, command: Command): Promise<void> {
    const { node, index } = seat.link;
    let answer: Answer | NodeError;
    try {
      const reply = await node.send(command, this.#deliveries[seat.of]);
      answer = meaningOf(reply);
      if (this.tokens && answer === "granted") this.tokens[seat.at] = reply as number;
    } catch (error) {
      // A node may throw instead of rejecting, while the round is being made.
      await undefined;
      const cause = redacted(error, this.#claim.value);
      const isUnknown = command[0] === "EVALSHA" && messageOf(cause).includes("NOSCRIPT");
      // What was given up is not sent again: its undo may have overtaken it.
      const isWanted = this.#isOpen || this.#question.operation === "release" || this.#claim.isWanted();
      if (isUnknown && isWanted) return this.#send(seat, byText(command));
      answer = failed(index, cause);
    }
    this.#hear(seat, answer);
  }

  #hear(seat: Seat, answer: Answer | NodeError): void {
    const isAnswer = typeof answer === "string";
    const isLate = !this.#isOpen;
    seat.link.heard(isAnswer || answer.refused, this.#target.clock.monotonic());
    if (this.#waiting[seat.at]) this.#waitingFor--;
    this.#waiting[seat.at] = undefined;
    if (!isLate) {
      this.answers[seat.at] = answer;
      if (isAnswer) this.ballot.count(seat.of, answer);
    }
    // What was overdue has been reported.
    if (!isAnswer && !this.#isOverdue) this.#report(seat, answer);
    // A client that gives up at our signal has nothing to say.
    if (!this.#awaited?.has(seat) && (isAnswer || this.#end)) this.#question.heard?.(seat, answer, isLate);
    this.#review();
  }

  /** Judges the round if it can be, and ends it when nobody is waited for. */
  #review(): void {
    const { ballot } = this;
    const { clock, failFast } = this.#target;
    const isDone = this.#waitingFor === 0;
    // Early on two facts alone, which no later answer can change. On any other, {failed, taken, taken} would be "failed" or
    // "taken" by who came last.
    if (isDone || (failFast && (ballot.isGranted || ballot.isContended))) this.close();
    if (!isDone) return;
    clock.clearTimer(this.#timer);
    this.#end?.();
    this.#end = undefined;
  }

  /** The deadline. */
  #endInTime(): void {
    const { expiry, timeout } = this.#target;
    this.#isOverdue = true;
    this.close();
    for (const seat of this.asked) {
      if (!this.#waiting[seat.at]) continue;
      seat.link.overdue(this.started);
      this.#report(seat, this.#unanswered(seat));
    }
    this.#awaited = undefined;
    this.#reachDeadline?.();
    this.#setTimer(() => this.#stopWaiting(), expiry - timeout, false);
  }

  #stopWaiting(): void {
    for (const delivery of this.#deliveries) delivery.abort();
    this.#waiting.fill(undefined);
    this.#waitingFor = 0;
    this.#review();
  }

  /** A deadline keeps the process alive: undos wait for it. Who listens after it does not. */
  #setTimer(run: () => void, ms: number, keepAlive: boolean): void {
    this.#timer = this.#target.clock.setTimer(run, ms, keepAlive);
  }

  #unanswered({ link }: Seat): NodeError {
    return unanswered(link.index, this.started.elapsed(), this.#isOverdue);
  }

  #report({ name, link }: Seat, error: NodeError): void {
    const { operation, attempt } = this.#question;
    this.#target.onEvent?.({
      type: "nodeFailed",
      name,
      operation,
      ...(attempt && { attempt }),
      node: link.index,
      ms: this.started.elapsed(),
      error,
    });
  }
}

function shuffled<T>(list: readonly T[]): T[] {
  const drawn = list.map((item): [number, T] => [Math.random(), item]);
  return drawn.sort(([one], [other]) => one - other).map(([, item]) => item);
}

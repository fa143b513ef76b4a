import { elapsed, type Instant, now } from "./clock.ts";
import { byDigest, byText, Delivery, isServerReply, isUnknownScript, meaningOf } from "./commands.ts";
import { type NodeError, type Outcome, refused, silent, unanswered, unreachable } from "./errors.ts";
import { emit } from "./events.ts";
import type { Command } from "./node.ts";
import type { Seat, Target } from "./nodes.ts";
import { type Answer, Ballot } from "./quorum.ts";
import { redacted } from "./redact.ts";
import type { Operation } from "./script.ts";
import type { Work } from "./work.ts";

/** What a round asks, of whom, and for whom. */
export interface Question {
  readonly operation: Operation;
  readonly target: Target;
  readonly value: string;
  /** Which attempt of a lock this is. */
  readonly attempt?: number | undefined;
  /** With fencing: the token to store. */
  readonly token?: number | undefined;
  readonly work: Work;
  /** Whom to ask; default: all. */
  readonly seats?: readonly Seat[];
  /** Who has granted it before. */
  readonly granted?: readonly Seat[];
  /** These are asked even where a node is silent: our value may sit there. */
  readonly insists?: readonly Seat[];
  /** What a seat is to wait for before it is asked, if anything. */
  holdsBack?(seat: Seat): Promise<unknown> | undefined;
}

/** Follows a round past its verdict. */
export interface Follower {
  /** Is an answer still wanted, now that a node asks for the script's text? */
  wants(): boolean;
  /** A node answered, before the verdict or after it. */
  heard(seat: Seat, answer: Answer | NodeError, isLate: boolean): void;
}

const LATE_MS = 5;

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
  /** With fencing: what those who granted an acquire have stored. */
  readonly tokens: Map<Seat, number> | undefined;
  readonly #question: Question;
  readonly #follower: Follower | undefined;
  readonly #deliveries: readonly Delivery[];
  readonly #endsBy: number;
  /** The answers that count, and for how many milliseconds who was not asked is silent. */
  readonly #answers: (Answer | NodeError | number | undefined)[];
  /** How often the nodes of those who have not answered yet had replied before. */
  readonly #replies: (number | undefined)[];
  /** Who wants to know when a seat has answered. */
  #listeners: Map<Seat, () => void> | undefined;
  #waiting = 0;
  #isOpen = true;
  #isOverdue = false;
  #isOver = false;
  #hadGrace = false;
  #judgedAfter = 0;
  #resolve!: () => void;
  #cancelTimer: (() => void) | undefined;

  constructor(question: Question, follower?: Follower) {
    const { target, work, seats = target.seats, granted } = question;
    const { nodes, names, settings } = target;
    this.#question = question;
    this.#follower = follower;
    // Of the right length: an empty array that grows makes room for 16 more.
    this.#answers = new Array(target.seats.length);
    this.#replies = new Array(target.seats.length);
    this.started = now(nodes.clock);
    this.#endsBy = this.started.monotonic + 2 * settings.expiry + 1_000;
    this.ballot = new Ballot(names, nodes.links.length, granted);
    this.tokens = target.fences && new Map();
    this.#deliveries = names.map((name) => new Delivery(name));
    this.judged = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    work.begin(this.#endsBy);
    const admitted: boolean[] = [];
    for (const seat of seats) this.#admit(seat, admitted);
    this.asked = this.#waiting === seats.length ? seats : seats.filter((seat) => this.isWaitingFor(seat));
    this.#ask(settings.shuffleNodes ? shuffled(this.asked) : this.asked);
  }

  /** What was answered when the round was judged, if anything. */
  answerOf(seat: Seat): Answer | NodeError | number | undefined {
    return this.#answers[seat.at];
  }

  /** Whether an answer may still come before the deadline. */
  isWaitingFor(seat: Seat): boolean {
    return this.#replies[seat.at] !== undefined && !this.#isOverdue;
  }

  /** Resolves when the seat has answered, or at the deadline. */
  settled(seat: Seat): Promise<void> {
    this.#listeners ??= new Map();
    const listeners = this.#listeners;
    const earlier = listeners.get(seat);
    return new Promise((resolve) => {
      listeners.set(seat, () => {
        earlier?.();
        resolve();
      });
    });
  }

  /** What everybody had said when the round was judged, in the order of the names and nodes. */
  outcomes(): Outcome[] {
    const { target, seats = target.seats } = this.#question;
    return seats.map((seat) => {
      const { name, link } = seat;
      const answer = this.#answers[seat.at];
      if (typeof answer === "string") return { name, node: link.index, status: answer };
      const error = this.#errorOf(seat, answer);
      return { name, node: link.index, status: error.refused ? "failed" : "unknown", error };
    });
  }

  /** Judges the round now; who has not answered counts as unknown. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#waiting > 0) this.#judgedAfter = elapsed(this.#question.target.nodes.clock, this.started);
    this.#resolve();
  }

  /** Notes that a seat is to be asked, or that its node is silent, which a round finds once for all names. */
  #admit(seat: Seat, admitted: boolean[]): void {
    const { timeout, expiry } = this.#question.target.settings;
    const { link, at } = seat;
    const { index, silence } = link;
    if (silence > timeout && !this.#insistsOn(seat)) {
      admitted[index] ??= link.admits(expiry);
      if (!admitted[index]) {
        // As data: an error costs more than all the rest of a pair, and most are never looked at.
        this.#answers[at] = silence;
        this.#report(seat, silence);
        return;
      }
    }
    this.#replies[at] = link.replies;
    this.#waiting++;
  }

  /** Where our value may sit a release goes in any case, and an extension for as long as the node may be back in time. */
  #insistsOn(seat: Seat): boolean {
    const { operation, insists, target } = this.#question;
    if (insists?.includes(seat) !== true) return false;
    return operation === "release" || seat.link.silence <= target.settings.expiry;
  }

  #ask(seats: readonly Seat[]): void {
    const { target, holdsBack } = this.#question;
    const { nodes, names, settings } = target;
    if (seats.length > 0)
      this.#cancelTimer = nodes.after(settings.timeout, () => this.#reachDeadline(), this.started.monotonic);
    const commands = names.map((_, at) => byDigest(this.#question, at));
    for (const seat of seats) {
      const command = commands[seat.of] as Command;
      const held = holdsBack?.(seat);
      if (held === undefined) this.#send(seat, command, false);
      else void held.then(() => this.#send(seat, command, false));
    }
    this.#review();
  }

  #send(seat: Seat, command: Command, isText: boolean): void {
    const { node, index } = seat.link;
    const fail = (error: unknown) => {
      if (!isText && isUnknownScript(error) && (this.#isOpen || this.#follower?.wants() !== false))
        return this.#send(seat, byText(command), true);
      const cause = redacted(error, this.#question.value);
      this.#hear(seat, isServerReply(cause) ? refused(index, cause) : unreachable(index, cause));
    };
    try {
      // A promise of ours around whatever the node returns: a thenable may call back twice.
      Promise.resolve(node.send(command, this.#deliveries[seat.of])).then((reply) => {
        const answer = meaningOf(reply);
        if (answer === undefined) fail(new TypeError(`unknown reply of type ${typeof reply}`));
        else {
          if (answer === "granted") this.tokens?.set(seat, reply as number);
          this.#hear(seat, answer);
        }
      }, fail);
    } catch (error) {
      // A node that throws instead of rejecting.
      fail(error);
    }
  }

  #hear(seat: Seat, answer: Answer | NodeError): void {
    const isAnswer = typeof answer === "string";
    const listener = this.#listeners?.get(seat);
    const wasOpen = this.#isOpen;
    seat.link.heard(isAnswer || answer.refused);
    this.#forget(seat);
    if (wasOpen) {
      this.#answers[seat.at] = answer;
      if (isAnswer) this.ballot.count(seat.of, answer);
    }
    // What was overdue has been reported.
    if (!isAnswer && !this.#isOverdue) this.#report(seat, answer);
    if (listener !== undefined) listener();
    // A client that gives up at our signal has nothing to say.
    else if (isAnswer || !this.#isOver) this.#follower?.heard(seat, answer, !wasOpen);
    this.#review();
  }

  /** Judges the round if it can be, and ends it when nobody is waited for. */
  #review(): void {
    const { ballot } = this;
    const { failFast } = this.#question.target.settings;
    // Early on two facts alone, which no later answer can change. On any other, {failed, taken, taken} would be "failed" or
    // "taken" by who came last.
    if (failFast && (ballot.isGranted || ballot.isContended)) this.close();
    if (this.#waiting > 0) return;
    this.close();
    this.#end();
  }

  #reachDeadline(): void {
    const { clock, after, afterAsleep } = this.#question.target.nodes;
    const { expiry, timeout } = this.#question.target.settings;
    // Timers run before sockets are read: a process that could not run until now may have the answers at hand.
    if (!this.#hadGrace && clock.monotonic() - this.started.monotonic > timeout + LATE_MS) {
      this.#hadGrace = true;
      this.#cancelTimer = after(0, () => this.#reachDeadline());
      return;
    }
    this.#isOverdue = true;
    this.close();
    for (const seat of this.asked) {
      const replies = this.#replies[seat.at];
      if (replies === undefined) continue;
      seat.link.overdue(replies, this.started.monotonic);
      this.#report(seat);
      this.#listeners?.get(seat)?.();
    }
    this.#listeners = undefined;
    this.#cancelTimer = afterAsleep(expiry - timeout, () => this.#stopWaiting());
  }

  #stopWaiting(): void {
    for (const delivery of this.#deliveries) delivery.abort();
    for (const seat of this.asked) this.#forget(seat);
    this.#end();
  }

  #forget({ at }: Seat): void {
    if (this.#replies[at] === undefined) return;
    this.#replies[at] = undefined;
    this.#waiting--;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer?.();
    this.#question.work.end(this.#endsBy);
  }

  #errorOf(
    { link: { index } }: Seat,
    answer: NodeError | number | undefined,
    ms: number = this.#judgedAfter,
  ): NodeError {
    if (answer === undefined) return unanswered(index, ms, this.#isOverdue);
    return typeof answer === "number" ? silent(index, answer) : answer;
  }

  #report(seat: Seat, answer?: NodeError | number): void {
    const { operation, target, attempt } = this.#question;
    const { name, link } = seat;
    emit(target.settings.onEvent, () => {
      const ms = elapsed(target.nodes.clock, this.started);
      return {
        type: "nodeFailed",
        name,
        operation,
        ...(attempt && { attempt }),
        node: link.index,
        ms,
        error: this.#errorOf(seat, answer, ms),
      };
    });
  }
}

function shuffled<T>(list: readonly T[]): T[] {
  const drawn = list.map((item): [number, T] => [Math.random(), item]);
  return drawn.sort(([one], [other]) => one - other).map(([, item]) => item);
}

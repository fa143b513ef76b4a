import type { Call } from "./call.ts";
import type { Claim } from "./claim.ts";
import { Instant } from "./clock.ts";
import { asText, byDigest, Delivery, meaningOf, numberOf } from "./commands.ts";
import { failed, type NodeError, type NodeOutcome, unanswered } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Command } from "./node.ts";
import type { Seat, Target } from "./nodes.ts";
import { Ballot, type NodeAnswer } from "./quorum.ts";
import { messageOf } from "./redact.ts";
import { isForbidden, isForFramework, isNoScript, isTryAgain, refusalOf } from "./refusal.ts";
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
  /** Whether a node that refuses for a moment is asked again, until the deadline or until a quorum has done it without that node. */
  readonly insists?: boolean;
  /** Whether a node may do it for the name alone if it cannot reach the name's fence. */
  readonly mayMissFence?: boolean;
  /** A node answered, before the verdict or after it; or failed, be it for good. */
  heard?(seat: Seat, answer: NodeAnswer | NodeError, isLate: boolean, isPermanent: boolean): void;
}

const FIRST_PAUSE_MS = 10;

/**
 * One question to all nodes at once. It is judged when everybody has answered, at its deadline, or as soon as `failFast`
 * allows, and goes on listening: a late answer may have to be undone. Who has not answered an expiry after being asked is told
 * to stop (`signal`), and the round is over.
 *
 * It costs what is asked, whatever else the lock has: thousands of late grants are undone one by one.
 */
export class Round {
  readonly started: Instant;
  readonly ballot: Ballot;
  /** Resolves with the verdict; the round never rejects. */
  readonly judged: Promise<void>;
  /** Whom the question was sent to; the others are silent. */
  readonly asked: readonly Seat[];
  /** What was answered when the round was judged. */
  readonly answers: Map<Seat, NodeAnswer | NodeError> = new Map();
  /** With fencing: what those who granted an acquire have stored. */
  readonly tokens: Map<Seat, number> = new Map();
  readonly #claim: Claim;
  readonly #target: Target;
  readonly #question: Question;
  /** Who has not answered yet, each with a promise that resolves when it has. */
  readonly #waiting = new Map<Seat, Promise<void>>();
  /** One for each command: Node 20 warns of the eleventh listener on one signal. */
  readonly #deliveries: Delivery[] = [];
  /** Of the nodes waited for, how many are refused for now and will be asked again. */
  #pausing = 0;
  /** Is called when the round is over. */
  #end: (() => void) | undefined;
  #isOpen = true;
  #isOverdue = false;
  #resolve!: () => void;
  /** Whose answers somebody waits for, up to the deadline. */
  #awaited: Set<Seat> | undefined;
  #deadline: Promise<void> | undefined;
  #reachDeadline: (() => void) | undefined;
  /** What is said of each node that has not answered; made once for all its names. */
  #unanswered: Map<Link, NodeError> | undefined;
  #timer: unknown;

  constructor(claim: Claim, question: Question) {
    const { target } = claim;
    const { seats = target.seats, granted, operation, call } = question;
    this.#claim = claim;
    this.#target = target;
    this.#question = question;
    this.started = new Instant(target.clock);
    this.ballot = new Ballot(target.names.length, target.links.length, granted);
    this.judged = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#end = call.begin(this.started.monotonic + 2 * target.expiry + 1_000);
    this.asked = seats.filter((seat) => this.#admits(seat));
    // In two steps: timers run before sockets are read, and a process that could not run may have the answers at hand.
    if (this.asked.length > 0)
      this.#setTimer(() => this.#setTimer(() => this.#endInTime(), 0, true), target.timeout, true);
    for (const seat of target.shuffleNodes ? shuffled(this.asked) : this.asked) {
      const send = () => this.#send(seat, this.#command(seat));
      // A release comes after what it takes back.
      const held = operation === "release" ? claim.pendingAt(seat) : undefined;
      this.#waiting.set(seat, held ? held.then(send) : send());
    }
    this.#review();
  }

  /** Whether an answer may still come before the deadline. */
  isWaitingFor(seat: Seat): boolean {
    return this.#waiting.has(seat) && !this.#isOverdue;
  }

  /** Resolves when the seat has answered, or at the deadline. Whoever waits for that sees to what it leaves behind. */
  settled(seat: Seat): Promise<void> {
    this.#awaited ??= new Set();
    this.#awaited.add(seat);
    this.#deadline ??= new Promise((resolve) => {
      this.#reachDeadline = resolve;
    });
    return Promise.race([this.#waiting.get(seat), this.#deadline]);
  }

  /** What everybody who was to be asked had said when the round was judged, in the place of what they said `before`. */
  outcomes(before: readonly NodeOutcome[] = []): NodeOutcome[] {
    const { seats = this.#target.seats } = this.#question;
    const outcomes = [...before];
    for (const seat of seats) {
      const { name, at } = seat;
      const node = seat.link.index;
      const answer = this.answers.get(seat) ?? this.#unansweredBy(seat);
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
    if (isUrgent && this.#claim.seats.has(seat)) return true;
    if (link.admits(this.started, expiry)) return true;
    this.answers.set(seat, silence);
    this.#report(seat, silence);
    return false;
  }

  #command(seat: Seat): Command {
    const { operation, token, mayMissFence } = this.#question;
    const isFenced = token !== undefined && !(mayMissFence && this.#claim.fenceAway.has(seat));
    const command = byDigest(
      this.#target,
      seat.of,
      this.#claim.value,
      operation,
      isFenced ? token : undefined,
    );
    return seat.link.forbidsDigest ? asText(command) : command;
  }

  async #send(seat: Seat, command: Command, pause: number = FIRST_PAUSE_MS): Promise<void> {
    const delivery = new Delivery(seat.name);
    this.#deliveries.push(delivery);
    let answer: NodeAnswer | NodeError;
    let isReply = true;
    let isPermanent = false;
    try {
      const reply = await seat.link.node.send(command, delivery);
      answer = meaningOf(reply);
      if (answer === "ok") this.tokens.set(seat, numberOf(reply));
    } catch (error) {
      // A node may throw instead of rejecting, while the round is being made.
      await undefined;
      const other = this.#otherWay(seat, command, messageOf(error));
      if (other) return this.#send(seat, other, pause);
      if (isForFramework(error)) this.#question.call.fail(error);
      const refusal = refusalOf(error);
      answer = failed(seat.link.index, error, this.#claim.value, refusal.isRefused);
      if (this.#question.insists && refusal.isRefused && !refusal.isPermanent && !this.#isOverdue) {
        await this.#pause(seat, answer, pause);
        if (!this.#isOverdue) return this.#send(seat, command, 2 * pause);
      }
      isReply = refusal.isRefused && !refusal.isNotSent;
      isPermanent = refusal.isPermanent;
      // Nothing of a first attempt is there then.
      if (refusal.isNotSent && this.#question.attempt !== undefined) this.#claim.seats.delete(seat);
      if (isPermanent && this.#isOpen) this.ballot.count(seat.of, "barred");
    }
    seat.link.heard(isReply, this.#target.clock.monotonic());
    this.#hear(seat, answer, isPermanent);
  }

  /** The command by which the same may be asked of a server that cannot do it by this one. */
  #otherWay(seat: Seat, command: Command, message: string): Command | undefined {
    const { operation, token, mayMissFence } = this.#question;
    const { fenceAway, value } = this.#claim;
    const { link, of } = seat;
    const isDigest = command[0] === "EVALSHA";
    if (isForbidden(message)) link.forbidsDigest = isDigest;
    // What was given up is not sent again: its undo may have overtaken it.
    if (!this.#isOpen && operation !== "release" && !this.#claim.isWanted()) return undefined;
    if (isDigest && (isNoScript(message) || link.forbidsDigest)) return asText(command);
    // While a slot of a Cluster moves, the name may be on one server and its fence on another.
    if (!mayMissFence || token === undefined || fenceAway.has(seat) || !isTryAgain(message)) return undefined;
    fenceAway.add(seat);
    return byDigest(this.#target, of, value, operation);
  }

  /** Waits before a node is asked again. Nobody waits for that node as long as a quorum does without it. */
  #pause(seat: Seat, refusal: NodeError, ms: number): Promise<void> {
    if (this.#isOpen) this.answers.set(seat, refusal);
    this.#pausing++;
    this.#review();
    return new Promise((resolve) => {
      const goOn = () => {
        this.#pausing--;
        resolve();
      };
      this.#target.clock.setTimer(goOn, ms, true);
    });
  }

  #hear(seat: Seat, answer: NodeAnswer | NodeError, isPermanent: boolean): void {
    const isAnswer = typeof answer === "string";
    const isLate = !this.#isOpen;
    this.#waiting.delete(seat);
    if (isAnswer) seat.link.outage.answered();
    if (!isLate) {
      this.answers.set(seat, answer);
      if (isAnswer) this.ballot.count(seat.of, answer);
    }
    if (answer === "ok") this.#claim.fenceAway.delete(seat);
    // What was overdue has been reported.
    if (!isAnswer && !this.#isOverdue) this.#report(seat, answer);
    // A client that gives up at our signal has nothing to say.
    if (!this.#awaited?.has(seat) && (isAnswer || this.#end))
      this.#question.heard?.(seat, answer, isLate, isPermanent);
    this.#review();
  }

  /** Judges the round if it can be, and ends it when nobody is waited for. */
  #review(): void {
    const { ballot } = this;
    const { clock, failFast } = this.#target;
    const waitingFor = this.#waiting.size;
    // Early on two facts alone, which no later answer can change. On any other, {failed, taken, taken} would be "failed" or
    // "taken" by who came last.
    if (failFast && (ballot.isGranted || ballot.isContended)) this.close();
    if (waitingFor === this.#pausing && (waitingFor === 0 || ballot.isGranted)) this.close();
    if (waitingFor > 0) return;
    clock.clearTimer(this.#timer);
    this.#end?.();
    this.#end = undefined;
  }

  /** The deadline. */
  #endInTime(): void {
    const { expiry, timeout } = this.#target;
    this.#isOverdue = true;
    this.close();
    for (const seat of this.#waiting.keys()) {
      // A node that refused, and is to be asked again, did answer.
      const refusal = this.answers.get(seat);
      if (!refusal) seat.link.overdue(this.started);
      if (this.#question.mayMissFence) this.#claim.fenceAway.add(seat);
      this.#report(seat, typeof refusal === "object" ? refusal : this.#unansweredBy(seat));
    }
    this.#awaited = undefined;
    this.#reachDeadline?.();
    this.#setTimer(() => this.#stopWaiting(), expiry - timeout, false);
  }

  #stopWaiting(): void {
    for (const delivery of this.#deliveries) delivery.abort();
    this.#waiting.clear();
    this.#review();
  }

  /** A deadline keeps the process alive: undos wait for it. Who listens after it does not. */
  #setTimer(run: () => void, ms: number, keepAlive: boolean): void {
    this.#timer = this.#target.clock.setTimer(run, ms, keepAlive);
  }

  #unansweredBy({ link }: Seat): NodeError {
    this.#unanswered ??= new Map();
    const { index, node } = link;
    const error =
      this.#unanswered.get(link) ??
      unanswered(index, this.started.elapsed(), this.#isOverdue, node.disconnection?.());
    this.#unanswered.set(link, error);
    return error;
  }

  #report({ name, link }: Seat, error: NodeError): void {
    const { onEvent } = this.#target;
    if (onEvent === undefined) return;
    const failures = link.outage.count(this.#target.clock.monotonic());
    if (failures === 0) return;
    const { operation, attempt } = this.#question;
    onEvent({
      type: "nodeFailed",
      name,
      operation,
      ...(attempt && { attempt }),
      node: link.index,
      ms: this.started.elapsed(),
      failures,
      error,
    });
  }
}

function shuffled<T>(list: readonly T[]): T[] {
  const drawn = list.map((item): [number, T] => [Math.random(), item]);
  return drawn.sort(([one], [other]) => one - other).map(([, item]) => item);
}

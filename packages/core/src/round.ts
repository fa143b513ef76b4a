import { elapsed, type Instant, now } from "./clock.ts";
import { evaluation, isServerReply, meaningOf, send } from "./commands.ts";
import { Delivery } from "./delivery.ts";
import { type NodeError, type Outcome, refused, silent, unanswered, unreachable } from "./errors.ts";
import { emit, type Operation } from "./events.ts";
import type { Link } from "./link.ts";
import type { Target } from "./nodes.ts";
import { type Answer, Tally } from "./quorum.ts";
import { redacted } from "./redact.ts";
import type { Script } from "./scripts.ts";
import type { Work } from "./work.ts";

/** What a round asks, of whom, and for whom. */
export interface Question {
  readonly operation: Operation;
  readonly script: Script;
  readonly target: Target;
  readonly value: string;
  readonly work: Work;
  /** The nodes to ask; all of them if left out. */
  readonly links?: readonly Link[];
  /** Asked even where a node is silent: our value may sit there. */
  readonly insists?: (link: Link) => boolean;
}

/** Follows a round past its verdict. */
export interface Follower {
  /** Is a node's answer still wanted, now that it asks for the script's text? */
  wants(): boolean;
  /** A node answered after the verdict. */
  late(link: Link, answer: Answer | NodeError): void;
  /** The deadline has passed; these nodes have not answered. */
  overdue(links: readonly Link[]): void;
}

const LATE_MS = 5;

const indifferent: Follower = { wants: () => true, late: () => {}, overdue: () => {} };

/**
 * One question to all nodes at once. It is judged when every node has answered, at its deadline, or as soon as `failFast`
 * allows, and goes on listening: a late answer may have to be undone. A node that has not answered an expiry after it was
 * asked is told to stop (`signal`), and the round is over.
 */
export class Round {
  readonly started: Instant;
  readonly endsWithin: number;
  readonly tally: Tally;
  /** Resolves with the verdict; the round never rejects. */
  readonly judged: Promise<void>;
  /** The nodes that the question was sent to; the others are silent. */
  readonly asked: readonly Link[];
  readonly #question: Question;
  readonly #follower: Follower;
  readonly #delivery: Delivery;
  readonly #moment: number;
  /** By the node's index: its answer, its error, or the milliseconds of its silence, for which it was not asked. */
  readonly #answers: (Answer | NodeError | number | undefined)[] = [];
  readonly #waiting: Set<Link>;
  #isOpen = true;
  #isOverdue = false;
  #hadGrace = false;
  #isOver = false;
  #judgedAfter = 0;
  #resolve!: () => void;
  #cancelTimer: (() => void) | undefined;

  constructor(question: Question, follower: Follower = indifferent) {
    const { nodes, name, settings } = question.target;
    const { links = nodes.links } = question;
    this.#question = question;
    this.#follower = follower;
    this.#delivery = new Delivery(name);
    this.judged = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.tally = new Tally(links.length);
    this.#moment = nodes.nextMoment();
    this.started = now(nodes.clock);
    this.endsWithin = 2 * settings.expiry + 1_000;
    question.work.begin(this);
    this.asked = links.filter((link) => this.#admits(link));
    this.#waiting = new Set(this.asked);
    this.#ask(settings.shuffleNodes ? shuffled(this.asked) : this.asked);
  }

  /** Whether its deadline has passed. */
  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  /** Whether the node was asked and has not answered yet. */
  isWaitingFor(link: Link): boolean {
    return this.#waiting.has(link);
  }

  /** What the node had said when the round was judged. */
  answerOf(link: Link): Answer | NodeError | number | undefined {
    return this.#answers[link.index];
  }

  /** What every node had said when the round was judged, in the order of the nodes. */
  outcomes(): Outcome[] {
    return (this.#question.links ?? this.#question.target.nodes.links).map(({ index: node }) => {
      const answer = this.#answers[node];
      if (typeof answer === "string") return { node, status: answer };
      const error = this.#errorOf(node, answer);
      return { node, status: error.refused ? "failed" : "unknown", error };
    });
  }

  /** Judges the round now; who has not answered counts as unknown. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#judgedAfter = elapsed(this.#question.target.nodes.clock, this.started);
    this.#resolve();
  }

  #admits(link: Link): boolean {
    const { insists, target } = this.#question;
    const { settings } = target;
    if (insists?.(link) || link.admits(settings.timeout, settings.expiry)) return true;
    // As data: an error costs more than all the rest of a pair, and most are never looked at.
    const { index, silence } = link;
    this.#answers[index] = silence;
    this.tally.count("unknown");
    this.#report(index, () => silent(index, silence));
    return false;
  }

  #ask(links: readonly Link[]): void {
    if (links.length === 0) return this.#record();
    const { script, target, value } = this.#question;
    const { nodes, name, settings } = target;
    const { monotonic } = this.started;
    this.#cancelTimer = nodes.timers.after(settings.timeout, () => this.#reachDeadline(), monotonic);
    const command = evaluation(script, name, value, settings.expiry);
    for (const link of links) {
      send(link.node, command, this.#delivery, {
        wants: () => this.#isOpen || this.#follower.wants(),
        answered: (reply) => {
          const answer = meaningOf(reply);
          this.#hear(
            link,
            answer ?? unreachable(link.index, new TypeError(`unexpected reply of type ${typeof reply}`)),
          );
        },
        failed: (error) => this.#hear(link, this.#nodeError(link, error)),
      });
    }
  }

  #nodeError({ index }: Link, error: unknown): NodeError {
    const cause = redacted(error, this.#question.value);
    return isServerReply(cause) ? refused(index, cause) : unreachable(index, cause);
  }

  #hear(link: Link, answer: Answer | NodeError): void {
    // A client that gives up, by a timeout of its own or because we told it to, is no sign of life of its server.
    if (typeof answer === "string" || answer.refused) link.heard(this.#question.target.nodes.nextMoment());
    else link.changed();
    this.#waiting.delete(link);
    if (this.#isOpen) this.#count(link, answer);
    else this.#follower.late(link, answer);
    this.#record();
  }

  #errorOf(node: number, answer: NodeError | number | undefined): NodeError {
    if (answer === undefined) return unanswered(node, this.#judgedAfter, this.#isOverdue);
    return typeof answer === "number" ? silent(node, answer) : answer;
  }

  #count({ index }: Link, answer: Answer | NodeError): void {
    this.#answers[index] = answer;
    if (typeof answer === "string") return this.tally.count(answer);
    this.tally.count(answer.refused ? "failed" : "unknown");
    this.#report(index, () => answer);
  }

  /** Judges the round if it can be, and ends it when nobody is waited for. */
  #record(): void {
    const { tally } = this;
    if (tally.isComplete || (this.#question.target.settings.failFast && tally.isSettledEarly)) this.close();
    if (this.#waiting.size === 0) this.#end();
  }

  #reachDeadline(): void {
    const { nodes, settings } = this.#question.target;
    const { clock, timers, background } = nodes;
    // Timers run before sockets are read: a process that could not run until now may have the answers at hand.
    const isLate = clock.monotonic() - this.started.monotonic > settings.timeout + LATE_MS;
    if (isLate && !this.#hadGrace) {
      this.#hadGrace = true;
      this.#cancelTimer = timers.after(0, () => this.#reachDeadline());
      return;
    }
    this.#isOverdue = true;
    const missing = [...this.#waiting];
    const wasOpen = this.#isOpen;
    this.close();
    for (const link of missing) {
      link.overdue(this.#moment, this.started.monotonic);
      if (wasOpen) this.#report(link.index, () => unanswered(link.index, this.#judgedAfter, true));
    }
    this.#cancelTimer = background.after(settings.expiry - settings.timeout, () => this.#stopWaiting());
    this.#follower.overdue(missing);
  }

  #stopWaiting(): void {
    this.#delivery.abort();
    this.#waiting.clear();
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer?.();
    this.#question.work.end(this);
  }

  #report(node: number, error: () => NodeError): void {
    const { operation, target } = this.#question;
    const { nodes, name, settings } = target;
    const ms = () => elapsed(nodes.clock, this.started);
    emit(settings.onEvent, () => ({ type: "nodeFailed", name, operation, node, ms: ms(), error: error() }));
  }
}

function shuffled(links: readonly Link[]): Link[] {
  const drawn = links.map((link) => ({ link, lot: Math.random() }));
  return drawn.sort((one, other) => one.lot - other.lot).map(({ link }) => link);
}

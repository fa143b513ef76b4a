import type { PendingWrite } from "./asking.ts";
import { elapsed } from "./clock.ts";
import type { Answer } from "./commands.ts";
import type { NodeKey } from "./lock-spec.ts";
import { type NodeError, type NodeOutcome, timeoutError } from "./node-error.ts";
import type { NodeHealth } from "./node-health.ts";
import { NodeQuestion, type QuestionOwner } from "./node-question.ts";
import type { NodeAnswer } from "./votes.ts";

/** The questions of one round, and what is known of the answers. */
export class RoundQuestions implements PendingWrite {
  readonly all: readonly NodeQuestion[];
  readonly #round: QuestionOwner;
  /** What is said of each node that has not answered; made once for all its names. */
  #timeoutErrors: Map<NodeHealth, NodeError> | undefined;
  #isOverdue = false;

  constructor(round: QuestionOwner, keys: readonly NodeKey[]) {
    this.#round = round;
    const [only] = keys;
    // A lock on one node is the most frequent: no closure for it.
    this.all =
      only && keys.length === 1
        ? [new NodeQuestion(only, round)]
        : keys.map((key) => new NodeQuestion(key, round));
  }

  /** Whether the deadline has passed. */
  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  /** The deadline has passed. What was said of a node when the round was decided is not why it failed. */
  onDeadline(): void {
    this.#isOverdue = true;
    this.#timeoutErrors = undefined;
  }

  /** What the node had said by the time of the decision. */
  answerOf(key: NodeKey): NodeAnswer | NodeError | undefined {
    return this.#of(key)?.answer;
  }

  /** With fencing: what the node has stored, if it granted an acquire. */
  tokenOf(key: NodeKey): number | undefined {
    const question = this.#of(key);
    return question?.answer === "ok" ? question.detail : undefined;
  }

  isWaitingFor(key: NodeKey): boolean {
    return !this.#isOverdue && this.#of(key)?.isOpen === true;
  }

  /** Whether any answer may still come before the deadline. */
  get isWaiting(): boolean {
    return !this.#isOverdue && this.all.some(({ isOpen }) => isOpen);
  }

  whenSettled(key: NodeKey, run: (hasNothing: boolean) => void): void {
    this.#of(key)?.whenSettled(run);
  }

  /** What every node had said when the round was decided, in the place of what it said `before`. */
  outcomes(before: readonly NodeOutcome[] = []): NodeOutcome[] {
    const outcomes = [...before];
    for (const { key, answer = this.timeoutError(key), detail, told } of this.all) {
      const about = { name: key.name, node: key.health.index };
      if (typeof answer !== "string")
        outcomes[key.index] = { ...about, status: answer.refused ? "failed" : "unknown", error: answer };
      else if (answer === "taken") {
        const owner = told && ownerIn(told);
        outcomes[key.index] = { ...about, status: answer, remaining: detail, ...(owner && { owner }) };
      } else outcomes[key.index] = { ...about, status: answer };
    }
    return outcomes;
  }

  timeoutError({ health }: NodeKey): NodeError {
    this.#timeoutErrors ??= new Map();
    const ms = elapsed(this.#round.spec.context.clock, this.#round);
    const error =
      this.#timeoutErrors.get(health) ??
      timeoutError(health.index, ms, this.#isOverdue, health.disconnection());
    this.#timeoutErrors.set(health, error);
    return error;
  }

  #of(key: NodeKey): NodeQuestion | undefined {
    if (this.#round.options.keys === undefined) return this.all[key.index];
    return this.all.find((question) => question.key === key);
  }
}

function ownerIn({ taken }: Answer): string | undefined {
  return typeof taken?.who === "object" ? taken.who.owner : undefined;
}

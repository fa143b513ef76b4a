import type { AskingRound } from "./asking.ts";
import { elapsed } from "./clock.ts";
import type { NodeKey } from "./lock-spec.ts";
import { type NodeError, type NodeOutcome, timeoutError } from "./node-error.ts";
import type { NodeHealth } from "./node-health.ts";
import type { NodeQuestion } from "./node-question.ts";

/** What a round says of its nodes: in errors, and to `onEvent`. */
export class RoundReport {
  readonly #round: AskingRound;
  /** What is said of each node that has not answered; made once for all its names. */
  #timeoutErrors: Map<NodeHealth, NodeError> | undefined;

  constructor(round: AskingRound) {
    this.#round = round;
  }

  /** What every node had said when the round was decided, in the place of what it said `before`. */
  outcomes(
    questions: readonly NodeQuestion[],
    isOverdue: boolean,
    before: readonly NodeOutcome[],
  ): NodeOutcome[] {
    const outcomes = [...before];
    for (const { key, answer = this.timeoutError(key, isOverdue), detail } of questions) {
      const about = { name: key.name, node: key.health.index };
      if (typeof answer !== "string")
        outcomes[key.index] = { ...about, status: answer.refused ? "failed" : "unknown", error: answer };
      else if (answer === "taken") outcomes[key.index] = { ...about, status: answer, remaining: detail };
      else outcomes[key.index] = { ...about, status: answer };
    }
    return outcomes;
  }

  timeoutError({ health }: NodeKey, isOverdue: boolean): NodeError {
    this.#timeoutErrors ??= new Map();
    const { index, node } = health;
    const ms = elapsed(this.#round.spec.context.clock, this.#round);
    const error =
      this.#timeoutErrors.get(health) ?? timeoutError(index, ms, isOverdue, node.disconnection?.());
    this.#timeoutErrors.set(health, error);
    return error;
  }

  nodeFailed({ name, health }: NodeKey, error: NodeError): void {
    const { context, settings } = this.#round.spec;
    const { onEvent } = settings;
    if (onEvent === undefined) return;
    const failures = health.outage.count(context.clock.monotonic());
    if (failures === 0) return;
    const { operation, attempt } = this.#round.options;
    onEvent({
      type: "nodeFailed",
      name,
      operation,
      ...(attempt && { attempt }),
      node: health.index,
      ms: elapsed(context.clock, this.#round),
      failures,
      error,
    });
  }
}

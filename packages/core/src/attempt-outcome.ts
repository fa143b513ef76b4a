import type { Attempt } from "./attempt.ts";
import { elapsed, type Moment } from "./clock.ts";
import { type CallFailure, LockFailedError, LockTakenError } from "./errors.ts";
import type { LockSpec } from "./lock-spec.ts";
import { nodesWithOthers } from "./node-error.ts";

/**
 * Why an attempt failed: by its round, or with fencing by the `last` one, which may be about the token. Most attempts are followed by
 * another one, so the error is made only if it is needed.
 */
export function failureOf(
  { name, settings }: LockSpec,
  { round, last, result }: Attempt,
  attempt: number,
): CallFailure {
  const { onEvent, validity } = settings;
  const outcomes = last.questions.outcomes(last === round ? [] : round.questions.outcomes());
  if (result === "failed") {
    const why = last.votes.describe(last === round ? "granted it" : "have its token", validity);
    return (verdict, ending) => new LockFailedError(name, `${verdict}: ${why}`, outcomes, ending);
  }
  const ms = round.elapsed;
  onEvent?.({ type: "contended", name, attempt, ms, nodes: nodesWithOthers(outcomes) });
  return (verdict, ending) => new LockTakenError(name, `${verdict}: others hold it`, outcomes, ending);
}

/** Tells `onEvent` of a lock: by which attempt, and how long after the first one it was granted. */
export function reportAcquired(
  { context, name, settings }: LockSpec,
  { round }: Attempt,
  attempt: number,
  first: Moment,
): void {
  const { onEvent, validity } = settings;
  if (onEvent === undefined) return;
  const ms = elapsed(context.clock, first);
  const remaining = Math.floor(validity - round.elapsed);
  onEvent({ type: "acquired", name, attempt, ms, remaining, granted: round.votes.granted });
}

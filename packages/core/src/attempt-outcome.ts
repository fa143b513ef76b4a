import type { Attempt } from "./attempt.ts";
import { elapsed, type Moment } from "./clock.ts";
import { type CallFailure, type Ending, LockFailedError, LockTakenError } from "./errors.ts";
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
  return (verdict, ending, own = "others hold it") =>
    new LockTakenError(name, `${verdict}: ${own}`, outcomes, ending);
}

/** What may be a call that waits for the lock of its own caller. */
const OWN = "this process has had a lock of it since before the call, and a lock is not reentrant";

/** The error of a call that gives no lock: why an attempt failed, if any did, or whom it waited for; and what ended the call. */
export function noLock(
  { context, name, names }: LockSpec,
  ending: Ending,
  first: Moment | undefined,
  limit: string,
  failure: CallFailure | undefined,
  others: "had it" | "came before it" | undefined,
): Error {
  const { attempts, timedOut } = ending;
  if (failure === undefined && others === undefined)
    return new LockFailedError(name, "had no value before the timeout", [], ending);
  const waited = first && elapsed(context.clock, first);
  const ms = waited === undefined ? "" : `${Math.round(waited)} ms and `;
  const spent = `${ms}${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  const verdict = `could not be locked in ${spent}, ended by ${timedOut ? "its timeout" : limit}`;
  const own = names.some((each) => (context.lifetime.heldFor(each) ?? 0) > (waited ?? 0)) ? OWN : undefined;
  if (failure) return failure(verdict, ending, own);
  const why = `others of this process ${others}`;
  if (others === "came before it") return new LockFailedError(name, `${verdict}: ${why}`, [], ending);
  return new LockTakenError(name, `${verdict}: ${own ?? why}`, [], ending);
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

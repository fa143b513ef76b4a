import { type Attempt, attempt } from "./attempt.ts";
import type { Background } from "./background.ts";
import { checkText } from "./check.ts";
import { elapsed, type Moment } from "./clock.ts";
import { type Ending, LockFailedError, LockTakenError } from "./errors.ts";
import type { LockSpec } from "./lock-spec.ts";
import { nodesWithOthers } from "./node-error.ts";
import { randomValue } from "./random-value.ts";
import { delayAfter } from "./retry.ts";
import type { Wait } from "./wait.ts";

const REMEMBERED_VALUES = 1_024;

/** Makes the error of a call from its last attempt. */
type Failure = (verdict: string, ending: Ending) => Error;

/**
 * Attempts until one succeeds, `tries` is spent, or the call times out. Rejects with the signal's reason when aborted.
 */
export async function acquire(
  spec: LockSpec,
  tries: number,
  wait: Wait,
  background: Background,
): Promise<Attempt> {
  const { clock } = spec.context;
  const { generateValue, retryDelay } = spec.settings;
  let first: Moment | undefined;
  let failure: Failure | undefined;
  for (let number = 1; ; number++) {
    const value = generateValue === randomValue ? randomValue() : await wait.orEnd(generated(spec));
    wait.throwIfAborted();
    if (value === undefined || wait.timedOut)
      throw errorOf(spec, failure, first, { attempts: number - 1, timedOut: true }, "");
    const made = await attempt(spec, value, number, wait, background);
    first ??= made.round;
    if (made.result === "acquired") {
      reportAcquired(spec, made, number, first);
      return made;
    }
    wait.throwIfAborted();
    // An attempt that the timeout cut short says less than the one before it.
    if (!wait.timedOut || failure === undefined) failure = failureOf(spec, made, number);
    // The next attempt, be it of the next call, must not meet what this one still holds on nodes that answer.
    const isBarred = made.round.votes.isBarred || made.last.votes.isBarred;
    const isLast = number >= tries || isBarred;
    await (isLast ? wait.orEnd(made.undone) : wait.sleep(clock, delayAfter(number, retryDelay), made.undone));
    wait.throwIfAborted();
    const { timedOut } = wait;
    if (!isLast && !timedOut) continue;
    const limit = isBarred ? "what no retry will mend" : "its tries";
    throw errorOf(spec, failure, first, { attempts: number, timedOut }, limit);
  }
}

/** The error of a call: why its last attempt failed, and what ended it. */
function errorOf(
  { context, name }: LockSpec,
  failure: Failure | undefined,
  first: Moment | undefined,
  ending: Ending,
  limit: string,
): Error {
  const { attempts, timedOut } = ending;
  if (failure === undefined || first === undefined)
    return new LockFailedError(name, "had no value before the timeout", [], ending);
  const ms = Math.round(elapsed(context.clock, first));
  const spent = `${ms} ms and ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  return failure(`could not be locked in ${spent}, ended by ${timedOut ? "its timeout" : limit}`, ending);
}

function reportAcquired(
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

/**
 * Why an attempt failed: by its round, or with fencing by the `last` one, which may be about the token. Most attempts are followed by
 * another one, so the error is made only if it is needed.
 */
function failureOf({ name, settings }: LockSpec, { round, last, result }: Attempt, attempt: number): Failure {
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

/**
 * A value that the user makes. One that was used before is refused: whoever has the value has the lock, so that a second holder
 * with the same one would be granted it beside the first. All are forgotten now and then, so that nothing grows for ever.
 */
async function generated({ context: { usedValues }, settings }: LockSpec): Promise<string> {
  const value = await settings.generateValue();
  checkText("the result of generateValue", value);
  if (usedValues.has(value)) throw new RangeError("the result of generateValue must be new each time");
  if (usedValues.size >= REMEMBERED_VALUES) usedValues.clear();
  usedValues.add(value);
  return value;
}

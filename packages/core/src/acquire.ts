import type { Call } from "./call.ts";
import { checkText } from "./check.ts";
import { Claim } from "./claim.ts";
import { Instant } from "./clock.ts";
import { type Ending, LockFailedError, LockTakenError, nodesWithOthers } from "./errors.ts";
import { agree } from "./fence.ts";
import { Holding } from "./holding.ts";
import type { Target } from "./nodes.ts";
import { delayAfter } from "./retry.ts";
import type { Round } from "./round.ts";
import { randomValue } from "./values.ts";

const REMEMBERED_VALUES = 1_024;

/** Makes the error of a call from its last attempt. */
type Failure = (verdict: string, ended: Ending) => Error;

/**
 * Attempts until one succeeds, `tries` is spent, or patience ends. Rejects with the signal's reason when aborted. A lock
 * that `renews` is extended until it is unlocked.
 */
export async function acquire(target: Target, tries: number, renews: boolean, call: Call): Promise<Holding> {
  const { clock, generateValue, name, onEvent, retryDelay, validity } = target;
  const started = new Instant(clock);
  let failure: Failure | undefined;
  const fail = (attempts: number, limit: string): Error => {
    const { timedOut } = call;
    const ended = { attempts, timedOut };
    if (failure === undefined) return new LockFailedError(name, "had no value before the timeout", [], ended);
    const spent = `${Math.round(started.elapsed())} ms and ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
    return failure(`could not be locked in ${spent}, ended by ${timedOut ? "its timeout" : limit}`, ended);
  };
  for (let attempt = 1; ; attempt++) {
    const value = generateValue === randomValue ? randomValue() : await call.race(generated(target));
    call.throwIfAborted();
    if (value === undefined || call.timedOut) throw fail(attempt - 1, "");
    const claim = new Claim(target, value);
    const round = claim.put("acquire", call, { attempt });
    await call.judge(round);
    const last = target.fences && round.ballot.isGranted ? await agree(claim, round, call) : round;
    // What is left of the last millisecond is nothing to its holder, who counts in whole ones.
    const left = Math.floor(validity - round.started.elapsed());
    if (last.ballot.isGranted && left > 0 && !call.isAborted) {
      const holding = new Holding(claim, round.started, call.waitUntil);
      holding.lease.hold(round.started);
      if (renews) holding.renew();
      onEvent?.({
        type: "acquired",
        name,
        attempt,
        ms: started.elapsed(),
        remaining: holding.lease.remaining(),
        granted: round.ballot.granted,
      });
      return holding;
    }
    const undone = claim.undo(round, call);
    call.throwIfAborted();
    // An attempt that the timeout cut short says less than the one before it.
    if (!call.timedOut || failure === undefined) failure = failureOf(target, round, last, attempt);
    // The next attempt, be it of the next call, must not meet what this one still holds on nodes that answer.
    const isBarred = round.ballot.isBarred || last.ballot.isBarred;
    const isLast = attempt >= tries || isBarred;
    await (isLast ? call.race(undone) : call.pause(delayAfter(attempt, retryDelay), undone));
    call.throwIfAborted();
    if (isLast || call.timedOut) throw fail(attempt, isBarred ? "what no retry will mend" : "its tries");
  }
}

/**
 * Why an attempt failed: by its round, or with fencing by the `last` one, which may be about the token. Most attempts are followed by
 * another one, so the error is made only if it is needed.
 */
function failureOf(target: Target, round: Round, last: Round, attempt: number): Failure {
  const { name, onEvent, validity } = target;
  const { ballot } = last;
  const outcomes = last.outcomes(round.outcomes());
  if (!ballot.isContended) {
    const why = ballot.describe(last === round ? "granted it" : "have its token", validity);
    return (verdict, ended) => new LockFailedError(name, `${verdict}: ${why}`, outcomes, ended);
  }
  const ms = round.started.elapsed();
  onEvent?.({ type: "contended", name, attempt, ms, nodes: nodesWithOthers(outcomes) });
  return (verdict, ended) => new LockTakenError(name, `${verdict}: others hold it`, outcomes, ended);
}

/**
 * A value that the user makes. One that was used before is refused: whoever has the value has the lock, so that a second holder
 * with the same one would be granted it beside the first. All are forgotten now and then, so that nothing grows for ever.
 */
async function generated({ generateValue, used }: Target): Promise<string> {
  const value = await generateValue();
  checkText("the result of generateValue", value);
  if (used.has(value)) throw new RangeError("the result of generateValue must be new each time");
  if (used.size >= REMEMBERED_VALUES) used.clear();
  used.add(value);
  return value;
}

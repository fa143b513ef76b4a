import type { Call } from "./call.ts";
import { checkText } from "./check.ts";
import { Claim } from "./claim.ts";
import { elapsed, type Instant, now } from "./clock.ts";
import { LockFailedError, LockTakenError } from "./errors.ts";
import { emit } from "./events.ts";
import { agree } from "./fence.ts";
import { Lock } from "./lock.ts";
import type { Nodes, Target } from "./nodes.ts";
import type { Settings } from "./options.ts";
import { delayAfter } from "./retry.ts";
import type { Round } from "./round.ts";
import { randomValue } from "./values.ts";

/**
 * Attempts until one succeeds, `tries` is spent, or patience ends. Rejects with the signal's reason when aborted. A lock
 * that `renews` is extended until it is unlocked.
 */
export async function acquire(target: Target, tries: number, renews: boolean, call: Call): Promise<Lock> {
  const { work } = call;
  const { nodes, name, settings } = target;
  const { generateValue, onEvent, retryDelay, validity } = settings;
  const started = now(nodes.clock);
  let failure: Error | undefined;
  for (let attempt = 1; ; attempt++) {
    const value =
      generateValue === randomValue ? randomValue() : await call.race(generated(generateValue, nodes));
    call.throwIfAborted();
    if (value === undefined || call.timedOut)
      throw failure ?? new LockFailedError(name, "had no value before the timeout");
    const claim = new Claim(target, value);
    const round = claim.put("acquire", work, { attempt });
    await call.race(round.judged);
    round.close();
    const { isGranted, granted } = round.ballot;
    const last = target.fences && isGranted ? await agree(claim, round, call) : round;
    // What is left of the last millisecond is nothing to its holder, who counts in whole ones.
    const left = Math.floor(validity - elapsed(nodes.clock, round.started));
    if (last.ballot.isGranted && left > 0 && !call.isAborted) {
      const lock = new Lock(claim, round.started, call.waitUntil);
      lock.confirm(round.started, renews);
      emit(onEvent, () => {
        const ms = elapsed(nodes.clock, started);
        return { type: "acquired", name, attempt, ms, remaining: lock.remaining(), granted };
      });
      return lock;
    }
    const undone = claim.undo(round, work);
    call.throwIfAborted();
    // An attempt that the timeout cut short says less than the one before it.
    if (!call.timedOut || failure === undefined) failure = failureOf(target, round, last, attempt, started);
    // The next attempt, be it of the next call, must not meet what this one still holds on nodes that answer.
    const isLast = attempt >= tries;
    await (isLast ? call.race(undone) : call.pause(delayAfter(attempt, retryDelay), undone));
    call.throwIfAborted();
    if (isLast || call.timedOut) throw failure;
  }
}

/** Why an attempt failed: by its round, or with fencing by the `last` one, which may be about the token. */
function failureOf(target: Target, round: Round, last: Round, attempt: number, since: Instant): Error {
  const { nodes, name, settings } = target;
  const ms = Math.round(elapsed(nodes.clock, since));
  const effort = `after ${attempt} ${attempt === 1 ? "attempt" : "attempts"} in ${ms} ms`;
  const { ballot } = last;
  const latest = last === round ? [] : last.outcomes();
  const outcomes = round
    .outcomes()
    .map((one) => latest.find(({ name: its, node }) => its === one.name && node === one.node) ?? one);
  if (ballot.isContended) {
    const taken = new LockTakenError(name, `is taken ${effort}`, outcomes);
    emit(settings.onEvent, () => {
      const took = elapsed(nodes.clock, round.started);
      return { type: "contended", name, attempt, ms: took, nodes: taken.nodes };
    });
    return taken;
  }
  const shortfall = ballot.isGranted
    ? `but later than its validity of ${settings.validity} ms`
    : ballot.describe(last === round ? "granted it" : "have its token");
  return new LockFailedError(name, `could not be locked ${effort}, ${shortfall}`, outcomes);
}

async function generated(generateValue: Settings["generateValue"], nodes: Nodes): Promise<string> {
  const value = await generateValue();
  checkText("the result of generateValue", value);
  nodes.use(value);
  return value;
}

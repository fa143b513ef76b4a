import type { Call } from "./call.ts";
import { check, text } from "./check.ts";
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
  const { patience, work, waitUntil } = call;
  const { nodes, name, settings } = target;
  const started = now(nodes.clock);
  let failure: Error | undefined;
  for (let attempt = 1; ; attempt++) {
    const { generateValue } = settings;
    const value =
      generateValue === randomValue ? randomValue() : await patience.race(generated(generateValue, nodes));
    patience.throwIfAborted();
    if (value === undefined || patience.timedOut)
      throw failure ?? new LockFailedError(name, "had no value before the timeout");
    const claim = new Claim(target, value);
    const round = claim.put("acquire", work, { attempt });
    await patience.race(round.judged);
    round.close();
    const last = target.fences && round.ballot.isGranted ? await agree(claim, round, call) : round;
    // What is left of the last millisecond is nothing to its holder, who counts in whole ones.
    const left = Math.floor(settings.validity - elapsed(nodes.clock, round.started));
    if (last.ballot.isGranted && left > 0 && !patience.isAborted) {
      const lock = new Lock(claim, round.started, waitUntil);
      lock.confirm(round, renews);
      const { granted } = round.ballot;
      emit(settings.onEvent, () => {
        const ms = elapsed(nodes.clock, started);
        return { type: "acquired", name, attempt, ms, remaining: lock.remaining(), granted };
      });
      return lock;
    }
    const undone = claim.undo(round, work);
    patience.throwIfAborted();
    // An attempt that the timeout cut short says less than the one before it.
    if (!patience.timedOut || failure === undefined)
      failure = failureOf(target, round, last, attempt, started);
    // The next attempt, be it of the next call, must not meet what this one still holds on nodes that answer.
    const isLast = attempt >= tries;
    await (isLast ? patience.race(undone) : patience.pause(delayAfter(attempt, settings.retryDelay), undone));
    patience.throwIfAborted();
    if (isLast || patience.timedOut) throw failure;
  }
}

/** Why an attempt failed: by its round, and with fencing by the `last` one, which may be about the token. */
function failureOf(target: Target, round: Round, last: Round, attempt: number, since: Instant): Error {
  const { nodes, name, settings } = target;
  const ms = elapsed(nodes.clock, since);
  const effort = `after ${attempt} ${attempt === 1 ? "attempt" : "attempts"} in ${Math.round(ms)} ms`;
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
  check("the result of generateValue", value, text);
  nodes.use(value);
  return value;
}

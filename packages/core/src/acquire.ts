import { Attempt } from "./attempt.ts";
import { type Call, during } from "./call.ts";
import { checkText } from "./check.ts";
import { elapsed, type Instant, now } from "./clock.ts";
import { brief, LockFailedError, LockTakenError } from "./errors.ts";
import { emit } from "./events.ts";
import { Lock } from "./lock.ts";
import type { Target } from "./nodes.ts";
import type { LockOptions } from "./options.ts";
import { delayAfter } from "./retry.ts";
import type { Round } from "./round.ts";
import { scripts } from "./scripts.ts";
import { randomValue } from "./values.ts";

/** Why there is no lock. The error is made only if somebody wants it: tryLock() of a busy name is no failure. */
export interface Refusal {
  readonly isContended: boolean;
  error(): LockTakenError | LockFailedError;
}

/** Attempts until one succeeds, `tries` is spent, or patience ends. Rejects with the signal's reason when aborted. */
export function acquire(target: Target, options: LockOptions, tries: number): Promise<Lock | Refusal> {
  return during(target, options, target.settings.waitUntil, (call) => attempts(target, tries, call));
}

async function attempts(target: Target, tries: number, { patience, work }: Call): Promise<Lock | Refusal> {
  const { name, settings } = target;
  const { clock } = target.nodes;
  const started = now(clock);
  let refusal: Refusal | undefined;
  for (let number = 1; ; number++) {
    const value = await patience.race(freshValue(target));
    patience.throwIfAborted();
    if (value === undefined || patience.timedOut) {
      if (refusal !== undefined) return refusal;
      throw new LockFailedError(`could not lock "${brief(name)}": generateValue outlasted the timeout`);
    }
    const attempt = new Attempt({ operation: "acquire", script: scripts.acquire, target, value, work });
    const { round } = attempt;
    await patience.race(round.judged);
    round.close();
    // What is left of the last millisecond is nothing to its holder, who counts in whole ones.
    const left = Math.floor(settings.validity - elapsed(clock, round.started));
    if (round.tally.isGranted && left > 0 && !patience.isAborted) {
      const lock = new Lock(target, value, round.started, work.waitUntil);
      lock.confirm(round);
      attempt.keep(() => lock.keepsGrants());
      const { granted } = round.tally;
      emit(settings.onEvent, () => ({
        type: "acquired",
        name,
        attempt: number,
        ms: elapsed(clock, started),
        remaining: lock.remaining(),
        granted,
      }));
      return lock;
    }
    const undone = attempt.undo();
    patience.throwIfAborted();
    // An attempt that the timeout cut short says less than the one before it.
    if (!patience.timedOut || refusal === undefined) refusal = refuse(target, round, number, started);
    // The next attempt, be it of the next call, must not meet what this one still holds on nodes that answer.
    const isLast = number >= tries;
    await (isLast ? patience.race(undone) : patience.pause(delayAfter(number, settings.retryDelay), undone));
    patience.throwIfAborted();
    if (isLast || patience.timedOut) return refusal;
  }
}

function refuse({ nodes, name, settings }: Target, round: Round, attempt: number, started: Instant): Refusal {
  const { tally } = round;
  const { isContended } = tally;
  if (isContended) {
    const ms = () => elapsed(nodes.clock, round.started);
    const taken = () => round.outcomes().flatMap(({ status, node }) => (status === "taken" ? [node] : []));
    emit(settings.onEvent, () => ({ type: "contended", name, attempt, ms: ms(), nodes: taken() }));
  }
  const ms = Math.round(elapsed(nodes.clock, started));
  const effort = `after ${attempt} attempt${attempt === 1 ? "" : "s"} in ${ms} ms`;
  return {
    isContended,
    error() {
      const outcomes = round.outcomes();
      if (isContended) return new LockTakenError(`"${brief(name)}" is taken ${effort}`, outcomes);
      const votes = `${tally.granted} of ${tally.nodes} nodes granted it`;
      const shortfall = tally.isGranted
        ? `but later than its validity of ${settings.validity} ms`
        : `and ${tally.quorum} must`;
      return new LockFailedError(
        `could not lock "${brief(name)}" ${effort}, ${votes} ${shortfall}`,
        outcomes,
      );
    },
  };
}

async function freshValue({ nodes, settings }: Target): Promise<string> {
  const { generateValue } = settings;
  if (generateValue === randomValue) return randomValue();
  const value = await generateValue();
  checkText("the result of generateValue", value);
  nodes.use(value);
  return value;
}

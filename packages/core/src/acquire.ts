import { Attempt } from "./attempt.ts";
import { checkText } from "./check.ts";
import { elapsed, type Instant, now } from "./clock.ts";
import { call } from "./commands.ts";
import { brief, LockFailedError, LockTakenError, type Outcome } from "./errors.ts";
import { emit } from "./events.ts";
import { Lock } from "./lock.ts";
import type { Nodes } from "./nodes.ts";
import type { LockOptions, Settings } from "./options.ts";
import { Patience } from "./patience.ts";
import { delayAfter } from "./retry.ts";
import { scripts } from "./scripts.ts";
import { randomValue } from "./values.ts";
import { Work } from "./work.ts";

/** A name on some nodes, and how to lock it. */
export interface Target {
  readonly nodes: Nodes;
  readonly name: string;
  readonly settings: Settings;
}

/** Why there is no lock. The error is made only if somebody wants it: tryLock() of a busy name is no failure. */
export interface Refusal {
  readonly isContended: boolean;
  error(): LockTakenError | LockFailedError;
}

/** Attempts until one succeeds, `tries` is spent, or patience ends. Rejects with the signal's reason when aborted. */
export async function acquire(target: Target, options: LockOptions, tries: number): Promise<Lock | Refusal> {
  const { clock, ledger } = target.nodes;
  const { settings } = target;
  const patience = new Patience(clock, options);
  const work = new Work(ledger, options.waitUntil ?? settings.waitUntil);
  const freshValue = valueSource(settings.generateValue);
  const started = now(clock);
  let refusal: Refusal | undefined;
  try {
    for (let number = 1; ; number++) {
      const value = await patience.race(freshValue());
      patience.throwIfAborted();
      if (value === undefined || patience.timedOut) return refusal ?? neverTried(target, started);
      const attempt = start(target, value, work);
      await patience.race(attempt.round.judged);
      attempt.round.close();
      const isAborted = options.signal?.aborted === true;
      const left = settings.validity - elapsed(clock, attempt.round.started);
      if (attempt.round.tally.isGranted && left > 0 && !isAborted)
        return grant(target, attempt, value, work, number, started);
      const undone = attempt.undo();
      patience.throwIfAborted();
      // An attempt that the timeout cut short says less than the one before it.
      if (!patience.timedOut || refusal === undefined) refusal = refuse(target, attempt, number, started);
      if (number >= tries || patience.timedOut) return refusal;
      // The next attempt must not meet what this one still holds on nodes that answer.
      await Promise.all([patience.sleep(delayAfter(number, settings.retryDelay)), patience.race(undone)]);
      patience.throwIfAborted();
      if (patience.timedOut) return refusal;
    }
  } finally {
    patience.end();
    work.handOver();
  }
}

function start({ nodes, name, settings }: Target, value: string, work: Work): Attempt {
  const acquisition = call(scripts.acquire, name, [value, String(settings.expiry)]);
  return new Attempt(nodes, { operation: "acquire", name, value, call: acquisition, settings, work });
}

function grant(
  target: Target,
  attempt: Attempt,
  value: string,
  work: Work,
  number: number,
  started: Instant,
): Lock {
  const { nodes, name, settings } = target;
  const { round } = attempt;
  const lock = new Lock(target, value, round, work.waitUntil);
  attempt.keep(() => lock.isHeld);
  emit(settings.onEvent, () => ({
    type: "acquired",
    name,
    attempt: number,
    ms: elapsed(nodes.clock, started),
    remaining: lock.remaining(),
    granted: round.tally.granted,
  }));
  return lock;
}

function refuse(
  { nodes, name, settings }: Target,
  { round }: Attempt,
  number: number,
  started: Instant,
): Refusal {
  const { tally } = round;
  const isContended = tally.isContended;
  if (isContended) {
    emit(settings.onEvent, () => ({
      type: "contended",
      name,
      attempt: number,
      ms: elapsed(nodes.clock, round.started),
      nodes: round.outcomes().flatMap(({ status, node }) => (status === "taken" ? [node] : [])),
    }));
  }
  const ms = Math.round(elapsed(nodes.clock, started));
  const effort = `after ${number} ${number === 1 ? "attempt" : "attempts"} in ${ms} ms`;
  return {
    isContended,
    error() {
      const outcomes = round.outcomes();
      if (isContended) return new LockTakenError(`"${brief(name)}" is taken ${effort}`, outcomes);
      return new LockFailedError(
        `could not lock "${brief(name)}" ${effort}, ${shortfall(round.tally, settings)}`,
        outcomes,
      );
    },
  };
}

function shortfall(
  { granted, nodes, quorum, isGranted }: Attempt["round"]["tally"],
  { validity }: Settings,
): string {
  const votes = `${granted} of ${nodes} nodes granted it`;
  return isGranted
    ? `${votes}, but later than its validity of ${validity} ms`
    : `${votes} and ${quorum} must`;
}

function neverTried({ nodes, name }: Target, started: Instant): Refusal {
  const ms = Math.round(elapsed(nodes.clock, started));
  const message = `could not lock "${brief(name)}": generateValue gave no value within the timeout of ${ms} ms`;
  const outcomes: Outcome[] = [];
  return { isContended: false, error: () => new LockFailedError(message, outcomes) };
}

const REMEMBERED_VALUES = 1_024;

/** Calls the user's generator, and holds it to its promise. */
function valueSource(generateValue: Settings["generateValue"]): () => Promise<string> {
  if (generateValue === randomValue) return async () => randomValue();
  // An endless lock() must not remember for ever; an old undo is long delivered when a value is forgotten.
  const used = new Set<string>();
  return async () => {
    const value = await generateValue();
    checkText("the result of generateValue", value);
    if (used.has(value)) {
      throw new RangeError(
        "generateValue returned a value that this lock() has used before: every attempt needs a new one",
      );
    }
    used.add(value);
    for (const oldest of used) if (used.size > REMEMBERED_VALUES) used.delete(oldest);
    return value;
  };
}

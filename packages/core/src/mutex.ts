import { acquire } from "./acquire.ts";
import { type Call, during } from "./call.ts";
import { check, checkText } from "./check.ts";
import { Claim } from "./claim.ts";
import { Instant } from "./clock.ts";
import { LockFailedError, LockTakenError } from "./errors.ts";
import { Holding } from "./holding.ts";
import { type Lock, lockOf } from "./lock.ts";
import type { Target } from "./nodes.ts";
import {
  type AdoptOptions,
  type LockOptions,
  ofCall,
  refuseRetakes,
  type TryLockOptions,
} from "./options.ts";
import { inspect, shownAs } from "./shown.ts";

const waiting: readonly (keyof LockOptions)[] = [...ofCall, "timeout"];
const adopting: readonly (keyof AdoptOptions)[] = [...ofCall, "token"];

/**
 * A name, or several, plus options. It holds no state of a holder, so that any number of tasks may share it: whoever locks it gets
 * a `Lock` of its own.
 *
 * Made by `redsync.mutex(name, options)`.
 */
export interface Mutex<Fencing extends boolean = boolean> {
  /** The name: the Redis key, verbatim; of several, all of them in one text. */
  readonly name: string;
  /** The names, each once. */
  readonly names: readonly string[];

  /**
   * Locks the name, waiting while others hold it: up to `tries` attempts, `retryDelay` apart, for no longer than `timeout`. With a
   * `timeout` and no `tries` of your own (of the mutex, or of its `Redsync`), the `timeout` alone bounds the waiting.
   *
   * Rejects with `LockTakenError` where others held it to the end, with `LockFailedError` where too few nodes answered, and
   * with the signal's reason when aborted. What a failed attempt took is undone, in the background where it has to be
   * (see `waitUntil`).
   *
   * @example
   * ```ts
   * const lock = await mutex.lock({ timeout: 5_000 });
   * try {
   *   await work();
   * } finally {
   *   await lock.unlock();
   * }
   * ```
   */
  lock(options?: LockOptions): Promise<Lock<Fencing>>;

  /**
   * Makes one attempt. Resolves to null where others hold the name, or split so many of its nodes among themselves that no
   * quorum was possible.
   *
   * Rejects with `LockFailedError` where too few nodes answered, and with the signal's reason when aborted.
   *
   * @example
   * ```ts
   * const lock = await mutex.tryLock();
   * if (lock === null) return "somebody else is at it";
   * ```
   */
  tryLock(options?: TryLockOptions): Promise<Lock<Fencing> | null>;

  /**
   * Locks the name as `lock()` does, extends the lock by itself while the callback runs, and unlocks it in any case. Resolves to
   * what the callback returns. The options are for the waiting alone; `lock.signal` tells the callback to stop.
   *
   * Rejects as `lock()` does; with the callback's own error, which nothing masks; and with `LockLostError`, whose `result` is what
   * the callback returned, where it returned but was not alone, as far as the clock, an extension or the unlock can tell. Where
   * the unlock failed the lock ends with its expiry (`onEvent` tells); where the callback handed the lock over it is left to the heir.
   *
   * @throws `TypeError` with `setNXOnExtend`, which takes broken locks for unbroken ones.
   *
   * @example
   * ```ts
   * const invoice = await mutex.using(async (lock) => {
   *   return await fetch(url, { method: "POST", signal: lock.signal });
   * });
   * ```
   */
  using<Result>(
    callback: (lock: Lock<Fencing>) => Result | Promise<Result>,
    options?: LockOptions,
  ): Promise<Result>;

  /**
   * Takes over a lock from its value, and with `fencing` its `token`: extends it at once, and resolves to a lock of its own. The
   * giver calls `handOver()`.
   *
   * Rejects with `LockLostError` where nobody, or somebody else, holds the name by now, with `ExtendFailedError` where too
   * few nodes answered (the lock may still be held), and with the signal's reason when aborted.
   */
  adopt(value: string, options?: AdoptOptions): Promise<Lock<Fencing>>;
}

/**
 * What its user has of names and settings. Its methods do not look at `this`: they may be torn off (`const { lock } = mutex`), and
 * called through a Proxy (Vue, lazy injection).
 */
class PublicMutex implements Mutex<never> {
  declare readonly name: string;
  declare readonly names: readonly string[];
  declare readonly lock: Mutex<never>["lock"];
  declare readonly tryLock: Mutex<never>["tryLock"];
  declare readonly using: Mutex<never>["using"];
  declare readonly adopt: Mutex<never>["adopt"];

  constructor(target: Target) {
    this.name = target.name;
    this.names = target.names;
    this.lock = (options) => lock(target, options).then(lockOf<never>);
    this.tryLock = (options) => tryLock(target, options);
    this.using = (callback, options) => using(target, callback, options);
    this.adopt = (value, options) => adopt(target, value, options).then(lockOf<never>);
  }

  [inspect](): object {
    return shownAs("Mutex", { name: this.name, names: this.names });
  }
}

/** The mutex for its user. */
export function mutexOf(target: Target): Mutex<never> {
  return new PublicMutex(target);
}

function lock(
  target: Target,
  options: LockOptions = {},
  renews: boolean = target.autoExtend,
): Promise<Holding> {
  return forCall(target, options, waiting, (call) =>
    told(target, acquire(target, triesFor(target, options.timeout), renews, call)),
  );
}

/** Has `onEvent` told of a call that gives no lock. */
async function told<T>({ clock, name, onEvent }: Target, acquiring: Promise<T>): Promise<T> {
  if (onEvent === undefined) return acquiring;
  const started = new Instant(clock);
  try {
    return await acquiring;
  } catch (error) {
    if (error instanceof LockFailedError || error instanceof LockTakenError)
      onEvent({ type: "failed", name, code: error.code, ms: started.elapsed(), error });
    throw error;
  }
}

const DEFAULT_TRIES = 32;

/** A `timeout` is what bounds the waiting, unless the user has given `tries` as well. */
function triesFor({ tries }: Target, timeout: number | undefined): number {
  if (timeout === 0) return 1;
  return tries ?? (timeout === undefined ? DEFAULT_TRIES : Infinity);
}

async function tryLock(target: Target, options: TryLockOptions = {}): Promise<Lock<never> | null> {
  const holding = await forCall(target, options, ofCall, (call) =>
    told(target, acquire(target, 1, target.autoExtend, call).catch(nullIfTaken)),
  );
  return holding && lockOf(holding);
}

function nullIfTaken(error: unknown): null {
  if (error instanceof LockTakenError) return null;
  throw error;
}

async function using<Result>(
  target: Target,
  callback: (lock: Lock<never>) => Result | Promise<Result>,
  options?: LockOptions,
): Promise<Result> {
  check("callback", callback, ["function"]);
  refuseRetakes(target, "using");
  const holding = await lock(target, options, true);
  let result: Result;
  try {
    result = await callback(lockOf(holding));
  } catch (error) {
    await holding.dispose();
    throw error;
  }
  await holding.conclude(result);
  return result;
}

function adopt(target: Target, value: string, options: AdoptOptions = {}): Promise<Holding> {
  const { autoExtend, clock, fencing } = target;
  return forCall(target, options, adopting, async (call) => {
    const { token } = options;
    checkText("value", value);
    if (fencing) check("token", token, ["number"]);
    else if (token !== undefined) throw new TypeError("adopt() expects no token without fencing");
    const holding = new Holding(new Claim(target, value, token), new Instant(clock), call.waitUntil);
    await holding.adopt(call);
    if (autoExtend) holding.renew();
    return holding;
  });
}

function forCall<T>(
  target: Target,
  options: LockOptions,
  known: readonly string[],
  run: (call: Call) => Promise<T>,
): Promise<T> {
  return during(target, options, known, target.waitUntil, run);
}

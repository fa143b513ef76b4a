import type { NodeInspection } from "./inspection.ts";
import { type Lock, lockOf } from "./lock.ts";
import type { LockSpec } from "./lock-spec.ts";
import { adopt, inspectMutex, lock, tryLock, using } from "./locking.ts";
import type { AdoptOptions, CallOptions, LockOptions, TryLockOptions } from "./options.ts";
import { inspect, shownAs } from "./shown.ts";

/**
 * A name, or several, plus options. It has no state of a holder, so that any number of tasks may share it: each `lock()` gives
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
   * Rejects with `LockTakenError` if others held it to the end, with `LockFailedError` if too few nodes answered, and
   * with the signal's reason when aborted. What a failed attempt took is undone, if need be in the background
   * (see `waitUntil`).
   *
   * @example
   * ```ts
   * const lock = await mutex.lock({ timeout: 5_000 });
   * try {
   *   await work();
   * } finally {
   *   await lock.unlock().catch(console.error);
   * }
   * ```
   */
  lock(options?: LockOptions): Promise<Lock<Fencing>>;

  /**
   * Makes one attempt. Resolves to null if others hold the name, or split so many of the nodes among themselves that no
   * quorum was possible.
   *
   * Rejects with `LockFailedError` if too few nodes answered, and with the signal's reason when aborted.
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
   * what the callback returns. The options are for the waiting alone; `lock.signal` aborts if the lock is lost meanwhile.
   *
   * Rejects as `lock()` does, and with the callback's own error, which nothing masks. Rejects with `LockLostError` if the callback
   * returned but was not alone, as far as the clock, an extension or the unlock can tell; its `result` is what the callback returned.
   * If the unlock failed the lock ends with its expiry, and `onEvent` is called. If the callback handed the lock over it is not unlocked.
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
   * previous owner calls `handOver()`.
   *
   * Rejects with `LockLostError` if nobody, or somebody else, holds the name by now, with `ExtendFailedError` if too
   * few nodes answered (the lock may still be held), and with the signal's reason when aborted.
   */
  adopt(value: string, options?: AdoptOptions): Promise<Lock<Fencing>>;

  /**
   * Asks every node who has the name, how long it is still held, and who waits: one answer for each node and name, in the order of
   * the names. Changes nothing, and never shows what proves ownership. What it says may be over when it arrives: it is for people, not
   * for deciding.
   *
   * A node that does not answer in time, or refuses, has a `status` of its own. Rejects with the signal's reason when aborted.
   */
  inspect(options?: CallOptions): Promise<readonly NodeInspection[]>;
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
  declare readonly inspect: Mutex<never>["inspect"];

  constructor(spec: LockSpec) {
    // Each has a name before it is assigned: V8 puts a function that is written behind `this.x =` where only a full collection looks,
    // and all that it reaches stays until then, young locks and their rounds too. Held by "what a lock leaves behind dies young".
    const lockIt: Mutex<never>["lock"] = (options) => lock(spec, options).then(lockOf<never>);
    const tryLockIt: Mutex<never>["tryLock"] = (options) =>
      tryLock(spec, options).then((held) => held && lockOf(held));
    const useIt: Mutex<never>["using"] = (callback, options) => using(spec, callback, options);
    const adoptIt: Mutex<never>["adopt"] = (value, options) =>
      adopt(spec, value, options).then(lockOf<never>);
    const inspectIt: Mutex<never>["inspect"] = (options) => inspectMutex(spec, options);
    this.name = spec.name;
    this.names = spec.names;
    this.lock = lockIt;
    this.tryLock = tryLockIt;
    this.using = useIt;
    this.adopt = adoptIt;
    this.inspect = inspectIt;
  }

  [inspect](): object {
    return shownAs("Mutex", { name: this.name, names: this.names });
  }
}

/** The mutex for its user. */
export function mutexOf(spec: LockSpec): Mutex<never> {
  return new PublicMutex(spec);
}

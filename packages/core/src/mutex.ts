import { acquire } from "./acquire.ts";
import { type Call, during } from "./call.ts";
import { check, checkText } from "./check.ts";
import { Claim } from "./claim.ts";
import { Instant } from "./clock.ts";
import { LockTakenError } from "./errors.ts";
import { Lock } from "./lock.ts";
import type { Target } from "./nodes.ts";
import {
  type AdoptOptions,
  type LockOptions,
  ofCall,
  refuseRetakes,
  type TryLockOptions,
} from "./options.ts";

const waiting: readonly (keyof LockOptions)[] = [...ofCall, "timeout"];
const adopting: readonly (keyof AdoptOptions)[] = [...ofCall, "token"];

/**
 * A name, or several, plus options. It holds no state of a holder, so that any number of tasks may share it: whoever locks it gets
 * a `Lock` of its own.
 *
 * Made by `redsync.mutex(name, options)`.
 */
export class Mutex<Fencing extends boolean = boolean> {
  /** The name: the Redis key, verbatim; of several, all of them in one text. */
  readonly name: string;
  /** The names, each once. */
  readonly names: readonly string[];
  readonly #target: Target;

  /** @internal */
  constructor(target: Target) {
    this.name = target.name;
    this.names = target.names;
    this.#target = target;
  }

  /**
   * Locks the name, waiting while others hold it: up to `tries` attempts, `retryDelay` apart, for no longer than `timeout`.
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
  lock(options: LockOptions = {}): Promise<Lock<Fencing>> {
    return this.#lock(options, waiting, this.#target.autoExtend);
  }

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
  async tryLock(options: TryLockOptions = {}): Promise<Lock<Fencing> | null> {
    try {
      return await this.#lock(options, ofCall, this.#target.autoExtend, 1);
    } catch (error) {
      if (error instanceof LockTakenError) return null;
      throw error;
    }
  }

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
  async using<Result>(
    callback: (lock: Lock<Fencing>) => Result | Promise<Result>,
    options: LockOptions = {},
  ): Promise<Result> {
    check("callback", callback, ["function"]);
    refuseRetakes(this.#target, "using");
    const lock = await this.#lock(options, waiting, true);
    let result: Result;
    try {
      result = await callback(lock);
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
    await lock.conclude(result);
    return result;
  }

  /**
   * Takes over a lock from its value, and with `fencing` its `token`: extends it at once, and resolves to a lock of its own. The
   * giver calls `handOver()`.
   *
   * Rejects with `LockLostError` where nobody, or somebody else, holds the name by now, with `ExtendFailedError` where too
   * few nodes answered (the lock may still be held), and with the signal's reason when aborted.
   */
  adopt(value: string, options: AdoptOptions = {}): Promise<Lock<Fencing>> {
    const { autoExtend, clock, fencing } = this.#target;
    return this.#during(options, adopting, async (call) => {
      const { token } = options;
      checkText("value", value);
      if (fencing) check("token", token, ["number"]);
      else if (token !== undefined) throw new TypeError("adopt() expects no token without fencing");
      const lock = new Lock(new Claim(this.#target, value, token), new Instant(clock), call.waitUntil);
      await lock.adopt(call);
      if (autoExtend) lock.renew();
      return lock;
    });
  }

  #lock(
    options: LockOptions,
    known: readonly string[],
    renews: boolean,
    tries: number = this.#target.tries,
  ): Promise<Lock<Fencing>> {
    return this.#during(options, known, (call) =>
      acquire(this.#target, options.timeout === 0 ? 1 : tries, renews, call),
    );
  }

  #during(
    options: LockOptions,
    known: readonly string[],
    run: (call: Call) => Promise<Lock>,
  ): Promise<Lock<Fencing>> {
    return during(this.#target, options, known, this.#target.waitUntil, run) as Promise<Lock<Fencing>>;
  }
}

import { acquire } from "./acquire.ts";
import { type Call, during } from "./call.ts";
import { check, text } from "./check.ts";
import { Claim } from "./claim.ts";
import { now } from "./clock.ts";
import { LockTakenError } from "./errors.ts";
import { Lock } from "./lock.ts";
import type { Target } from "./nodes.ts";
import type { LockOptions, TryLockOptions } from "./options.ts";

const once = ["signal", "waitUntil"] as const;
const waiting = [...once, "timeout"] as const;

/**
 * A name plus options. It holds no state of a holder, so that any number of tasks may share it: whoever locks it gets a
 * `Lock` of its own.
 *
 * Made by `redsync.mutex(name, options)`.
 */
export class Mutex {
  /** The name: the Redis key, verbatim. */
  readonly name: string;
  readonly #target: Target;

  /** @internal */
  constructor(target: Target) {
    this.name = target.name;
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
  lock(options: LockOptions = {}): Promise<Lock> {
    return this.#during(options, waiting, (call) => {
      const tries = options.timeout === 0 ? 1 : this.#target.settings.tries;
      return acquire(this.#target, tries, call);
    });
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
  async tryLock(options: TryLockOptions = {}): Promise<Lock | null> {
    try {
      return await this.#during(options, once, (call) => acquire(this.#target, 1, call));
    } catch (error) {
      if (error instanceof LockTakenError) return null;
      throw error;
    }
  }

  /**
   * Takes over a lock from its value: extends it at once, and resolves to a lock of its own. The giver calls `handOver()`.
   *
   * Rejects with `LockLostError` where nobody, or somebody else, holds the name by now, with `ExtendFailedError` where too
   * few nodes answered (the lock may still be held), and with the signal's reason when aborted.
   */
  adopt(value: string, options: TryLockOptions = {}): Promise<Lock> {
    return this.#during(options, once, async (call) => {
      check("value", value, text);
      const lock = new Lock(new Claim(this.#target, value), now(this.#target.nodes.clock), call.waitUntil);
      await lock.adopt(call);
      return lock;
    });
  }

  #during<T>(
    options: LockOptions,
    known: readonly (keyof LockOptions)[],
    run: (call: Call) => Promise<T>,
  ): Promise<T> {
    const { nodes, settings } = this.#target;
    return during(nodes, options, known, settings.waitUntil, run);
  }
}

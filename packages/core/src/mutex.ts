import { acquire } from "./acquire.ts";
import { during } from "./call.ts";
import { check, text } from "./check.ts";
import { Claim } from "./claim.ts";
import { now } from "./clock.ts";
import { LockTakenError } from "./errors.ts";
import { Lock } from "./lock.ts";
import type { Target } from "./nodes.ts";
import { checkOptions, type LockOptions, type TryLockOptions, type WaitUntil } from "./options.ts";

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
  async lock(options: LockOptions = {}): Promise<Lock> {
    checkOptions(options, ["signal", "timeout", "waitUntil"]);
    return this.#acquire(options, options.timeout === 0 ? 1 : this.#target.settings.tries);
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
    checkOptions(options, ["signal", "waitUntil"]);
    try {
      return await this.#acquire(options, 1);
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
  async adopt(value: string, options: TryLockOptions = {}): Promise<Lock> {
    check("value", value, text);
    checkOptions(options, ["signal", "waitUntil"]);
    const { nodes } = this.#target;
    const lock = new Lock(new Claim(this.#target, value), now(nodes.clock), this.#ownerFor(options));
    await lock.adopt(options);
    return lock;
  }

  #acquire(options: LockOptions, tries: number): Promise<Lock> {
    const waitUntil = this.#ownerFor(options);
    return during(this.#target.nodes, options, waitUntil, (patience, work) =>
      acquire(this.#target, tries, waitUntil, patience, work),
    );
  }

  #ownerFor({ waitUntil }: TryLockOptions): WaitUntil | undefined {
    return waitUntil ?? this.#target.settings.waitUntil;
  }
}

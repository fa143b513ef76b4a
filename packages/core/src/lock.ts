import type { HeldLock } from "./held-lock.ts";
import type { CallOptions } from "./options.ts";
import { inspect, shownAs } from "./shown.ts";
import type { UnlockResult } from "./votes.ts";

/**
 * One successful acquisition: the proof of ownership, how long it is valid, and the ways to extend and unlock it.
 *
 * Made by `mutex.lock()`, `mutex.tryLock()` and `mutex.adopt()`, and given to the callback of `mutex.using()`. Everything that a
 * holder owns is in here, so that a late unlock can never free somebody else's lock.
 */
export interface Lock<Fencing extends boolean = boolean> extends AsyncDisposable {
  /** The name that is locked; of several, all of them in one text. */
  readonly name: string;
  /** The names that are locked. */
  readonly names: readonly string[];
  /**
   * The random string that proves ownership: with it, any process can unlock. Keep it out of logs; a lock that is logged does not
   * show it.
   */
  readonly value: string;
  /**
   * With `fencing`: a number larger than that of every earlier holder of the name (of each of the names). Give it to whatever the
   * lock guards, and have that refuse smaller ones than it has seen. It stays the same for as long as the lock is held, also by a new
   * owner.
   */
  readonly token: Fencing extends true ? number : undefined;
  /** When the lock stops being valid for its holder: start of the attempt, plus the expiry, less the drift. */
  readonly until: Date;
  /**
   * Aborts with a `LockLostError` when the lock is lost: at `until`, or as soon as the loss is known. For whatever is to end with
   * the lock: `fetch(url, { signal: lock.signal })`.
   *
   * If the process could not run then (a blocked loop, a stopped or sleeping machine) the signal aborts as soon as timers run again, at
   * most a second later; `assertHeld()` reads the clock. An unlock does not abort it. It is made when it is first read, and has already
   * aborted if the lock is no longer held by then.
   */
  readonly signal: AbortSignal;
  /**
   * Milliseconds of validity left, by the clock alone; 0 once the lock is known to be lost or was unlocked. Counts the larger
   * of what the monotonic and the wall clock saw pass.
   */
  remaining(): number;
  /**
   * Throws a `LockLostError` unless the lock is still valid, by the clock alone: for the line before a side effect. It
   * sends nothing; `verify()` asks the nodes.
   */
  assertHeld(): void;
  /**
   * Asks the nodes, and resolves if a quorum of them has our value.
   *
   * Rejects with `LockLostError` if a quorum is ruled out, or the lock has expired; with `LockFailedError` if too few nodes
   * answered to know; and with the signal's reason when aborted.
   */
  verify(options?: CallOptions): Promise<void>;
  /**
   * Extends the lock to its full expiry, counted from now.
   *
   * Rejects with `LockLostError` if the lock is no longer ours, and from then on for ever. Once the lock has expired, the nodes are not
   * even asked (unless with `setNXOnExtend`). Rejects with `ExtendFailedError` if too few nodes answered: the lock then stays
   * held until its old `until`. Rejects with the signal's reason when aborted; the nodes may have extended the lock all the same.
   *
   * A node that lost the lock's key is given it again once a quorum has extended it.
   */
  extend(options?: CallOptions): Promise<void>;
  /**
   * Unlocks the name on every node, whatever the clock says. Every call returns the first call's promise.
   *
   * Resolves to "released"; or to "expired" or "taken" if the lock was no longer ours, so that the work it guarded may not
   * have been alone. Rejects with `UnlockFailedError` if too few nodes answered to know.
   */
  unlock(options?: Pick<CallOptions, "waitUntil">): Promise<UnlockResult>;
  /**
   * Leaves the lock to the process that adopts its value: it is not extended here any more, and the end of a scope (`await using`,
   * `mutex.using()`) no longer unlocks it. An explicit `unlock()` still does, if the value could not be passed on. From then on
   * `remaining()` says nothing about the new owner's lock, and `signal` stays as it is. A lock that was lost or unlocked before
   * cannot be handed over, and stays so.
   */
  handOver(): void;
  /** Unlocks at the end of a scope (`await using`), unless handed over. Never rejects: failures go to `onEvent`. */
  [Symbol.asyncDispose](): Promise<void>;
  /** What JSON and `console.log` show of the lock: its name, and how long it is valid. */
  toJSON(): { readonly name: string; readonly until: Date; readonly remaining: number };
}

/** With it `remaining` gives what is behind a lock, also through a Proxy, for which private fields are not there. */
const behind = Symbol();

/**
 * What its user has of a lock. Its methods do not look at `this`: they may be torn off (`.finally(lock.unlock)`), and called through
 * a Proxy (Vue, lazy injection).
 */
class PublicLock implements Lock<never> {
  declare readonly name: string;
  declare readonly names: readonly string[];
  declare readonly remaining: () => number;
  declare readonly assertHeld: () => void;
  declare readonly verify: Lock["verify"];
  declare readonly extend: Lock["extend"];
  declare readonly unlock: Lock["unlock"];
  declare readonly handOver: Lock["handOver"];
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  constructor(held: HeldLock) {
    const { lease } = held;
    const { name, names } = held.ownership.spec;
    // Each has a name before it is assigned: see "what a lock leaves behind dies young".
    const remaining = (key?: symbol) => (key === behind ? held : lease.remaining);
    const assertHeld = () => lease.assertHeld();
    const verify = (options?: CallOptions) => held.verify(options);
    const extend = (options?: CallOptions) => held.extend(options);
    const unlock = (options?: Pick<CallOptions, "waitUntil">) => held.unlock(options);
    const handOver = () => held.handOver();
    const dispose = () => held.dispose();
    this.name = name;
    this.names = names;
    this.remaining = remaining as () => number;
    this.assertHeld = assertHeld;
    this.verify = verify;
    this.extend = extend;
    this.unlock = unlock;
    this.handOver = handOver;
    this[Symbol.asyncDispose] = dispose;
  }

  get value(): string {
    return behindOf(this).ownership.value;
  }

  get token(): never {
    return behindOf(this).ownership.token as never;
  }

  get until(): Date {
    return behindOf(this).lease.until;
  }

  get signal(): AbortSignal {
    return behindOf(this).lease.signal;
  }

  toJSON(): ReturnType<Lock["toJSON"]> {
    return { name: this.name, until: this.until, remaining: this.remaining() };
  }

  [inspect](): object {
    return shownAs("Lock", this.toJSON());
  }
}

/** The lock for its user. */
export function lockOf<Fencing extends boolean>(held: HeldLock): Lock<Fencing> {
  return new PublicLock(held);
}

function behindOf({ remaining }: Lock): HeldLock {
  return (remaining as unknown as (key: symbol) => HeldLock)(behind);
}

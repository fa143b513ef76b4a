import type { RedsyncEventListener } from "./events.ts";
import type { RetryDelay } from "./retry.ts";

/** Takes over work that goes on after a call has returned; on Cloudflare Workers: `(work) => ctx.waitUntil(work)`. */
export type WaitUntil = (work: Promise<void>) => void;

/**
 * Options of a mutex, and as defaults of a `Redsync`. The defaults are go-redsync's, except `failFast`. A wrong option throws a
 * `TypeError` or `RangeError` that names it, before any command is sent.
 */
export interface MutexOptions {
  /** The TTL asked of every node, in ms: an integer from 100 to 2^31 − 1. Default 8000. */
  readonly expiry?: number | undefined;
  /**
   * How many attempts `lock()` makes: an integer from 1, or `Infinity`. Default 32; `Infinity` for a call with a `timeout`. With
   * `Infinity` it also waits for as long as nodes cannot be reached: give the call a `timeout` or a `signal`.
   */
  readonly tries?: number | undefined;
  /** Milliseconds between two attempts, or a function of the failed attempt's number, from 1. Default: random, 50 to 250. */
  readonly retryDelay?: RetryDelay | undefined;
  /** The share of the expiry that is taken off the validity for clocks that drift, from 0 to below 1. Default 0.01. */
  readonly driftFactor?: number | undefined;
  /**
   * The share of the expiry that a round over all nodes may take, from 0 to below 1. Default 0.05 (8 s: 400 ms). Never less
   * than 50 ms.
   */
  readonly timeoutFactor?: number | undefined;
  /**
   * Makes the value of each attempt. Must return a new, unguessable string every time: the value alone proves ownership. (In
   * Go one value may serve a mutex for ever; here a value that was used before is refused, because it would be granted twice.)
   * Default: `@owner/` and 16 random bytes in base64.
   */
  readonly generateValue?: (() => string | Promise<string>) | undefined;
  /**
   * Who holds a lock, for whoever asks: a text without "/" and control characters, at most 64, such as `${hostname}:${pid}`. It is
   * stored in the value and shown, so it must be no secret. A value that `generateValue` makes does not have it. Default: "".
   */
  readonly owner?: string | undefined;
  /**
   * Ends a round as soon as a quorum has granted it, or others' values rule a quorum out. A slow or dead minority is background work
   * then: `redsync.settled()` and `waitUntil` wait for it. With false every round waits for every node, or its deadline, which is
   * go-redsync's default. Default true.
   */
  readonly failFast?: boolean | undefined;
  /**
   * Whoever waits is served in the order of arrival: in this process, and across processes by a queue on each node. An unlock passes the
   * name on at once, and calls the next process by a channel if the nodes have `subscribe`. False: each polls by its own `retryDelay`,
   * as go-redsync does; for names that are shared with Go under constant contention, and then for every user of the name. Not on
   * Workers: requests poll there. Default true.
   */
  readonly fair?: boolean | undefined;
  /** Asks the nodes in random order. Errors keep each node's own index. Default false. */
  readonly shuffleNodes?: boolean | undefined;
  /**
   * Lets an explicit `extend()` take the name again if nobody holds it, as long as `unlock()` was not called. The lock is
   * then *not* continuous: somebody else may have held the name in between. What a failed `extend()` took stays until `unlock()`, or
   * its expiry; a `signal` that has aborted stays so. Not together with `fencing`, `autoExtend`, `maxHold` or `using()`, which promise
   * one unbroken lock. Default false.
   */
  readonly setNXOnExtend?: boolean | undefined;
  /**
   * Extends a lock by itself until it is unlocked or handed over: whenever a third of the expiry has passed, and sooner again if
   * that failed. If the lock is lost all the same, `lock.signal` aborts and `onEvent` is called. It does not keep the process alive.
   * Default false; `mutex.using()` always extends.
   */
  readonly autoExtend?: boolean | undefined;
  /**
   * How long a lock may be held at most, however often it is extended, in ms from the start of the attempt that acquired (or
   * adopted) it. After that the lock counts as lost. At least 10 ms. Default `Infinity`.
   */
  readonly maxHold?: number | undefined;
  /**
   * Gives every lock a `token`: a number that grows with each holder of the name, so that whatever the lock guards can refuse a
   * late write. All users of the name must have it on. Nodes need Redis 5 or later. Default false.
   */
  readonly fencing?: boolean | undefined;
  /**
   * How long a node remembers the last token of a name that nobody locks, in ms: an integer from the expiry to 2^31 − 1. Default
   * 604800000, 7 days.
   */
  readonly fenceRetention?: number | undefined;
  /** Is called with what happens. */
  readonly onEvent?: RedsyncEventListener | undefined;
  /** Takes over the work that goes on after a call has returned. The one given to a call comes first. */
  readonly waitUntil?: WaitUntil | undefined;
}

/** Options of every call that asks the nodes: `lock.extend()`, `lock.verify()`, and the calls that make a lock. */
export interface CallOptions {
  /**
   * Ends the call at once when aborted: it rejects with `signal.reason`, and what it took is undone in the background. A lock that had been
   * granted just before is its caller's.
   */
  readonly signal?: AbortSignal | undefined;
  /** Takes over the work that goes on after the call, and after the calls on its lock, have returned. */
  readonly waitUntil?: WaitUntil | undefined;
}

/** Options of `tryLock()`. */
export type TryLockOptions = CallOptions;

/** Options of `lock()` and `using()`. */
export interface LockOptions extends CallOptions {
  /**
   * Milliseconds after which the waiting ends with the last attempt's reason. It cuts short an attempt that is under way.
   * 0 makes one attempt and does not wait. Otherwise the timeout alone bounds the waiting, unless you have set `tries` too. Default:
   * none, and `tries` bounds the waiting: to wait without an end, give the mutex `tries: Infinity`.
   */
  readonly timeout?: number | undefined;
}

/** Options of `redsync.close()`. */
export interface CloseOptions {
  /** For how many milliseconds locks that are held are waited for. Default: the `expiry` of the `Redsync`. */
  readonly timeout?: number | undefined;
}

/** Options of `adopt()`. */
export interface AdoptOptions extends CallOptions {
  /** With `fencing`, and only then: the token of the lock that is adopted. The lock keeps it. */
  readonly token?: number | undefined;
}

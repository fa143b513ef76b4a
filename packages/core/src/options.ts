import { check, count, delay, duration, expiry, factor, MAX_MS, type Rule } from "./check.ts";
import { type RedsyncEventListener, survive } from "./events.ts";
import { type RetryDelay, randomDelay } from "./retry.ts";
import { randomValue } from "./values.ts";

/** Takes over work that goes on after a call has returned; on Cloudflare Workers: `(work) => ctx.waitUntil(work)`. */
export type WaitUntil = (work: Promise<void>) => void;

/**
 * Options of a mutex, and as defaults of a `Redsync`. The defaults are go-redsync's. A wrong one throws a `TypeError` or
 * `RangeError` that names it, before any command is sent.
 */
export interface MutexOptions {
  /** The TTL asked of every node, in ms: an integer from 100 to 2^31 − 1. Default 8000. */
  readonly expiry?: number | undefined;
  /**
   * How many attempts `lock()` makes: an integer from 1, or `Infinity`. Default 32; `Infinity` for a call with a `timeout`. With `Infinity` it also outwaits nodes that
   * cannot be reached: give the call a `timeout` or a `signal`.
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
   * Makes the value of each attempt. Must return a new, unguessable string every time: whoever has the value has the lock. (In
   * Go one value may serve a mutex for ever; here it would be granted twice, and is refused.)
   * Default: 16 random bytes in base64.
   */
  readonly generateValue?: (() => string | Promise<string>) | undefined;
  /**
   * Ends a round as soon as a quorum has granted, or others' values rule one out, and leaves the other nodes' replies to the
   * background. Default false: every round waits for every node, or its deadline, as go-redsync does.
   */
  readonly failFast?: boolean | undefined;
  /** Asks the nodes in random order. Errors keep each node's own index. Default false. */
  readonly shuffleNodes?: boolean | undefined;
  /**
   * Lets an explicit `extend()` take the name again where nobody holds it, as long as `unlock()` was not called. The lock is
   * then *not* continuous: somebody else may have held it in between. What a failed `extend()` took stays until `unlock()`, or its
   * expiry; a `signal` that has aborted stays so. Not together with `fencing`, `autoExtend`, `maxHold` or `using()`, which promise one
   * unbroken lock. Default false.
   */
  readonly setNXOnExtend?: boolean | undefined;
  /**
   * Extends a lock by itself until it is unlocked or handed over: whenever a third of the expiry has passed, and sooner again where
   * that failed. `lock.signal` and `onEvent` tell when it is lost all the same. It does not keep the process alive. Default false;
   * `mutex.using()` always does.
   */
  readonly autoExtend?: boolean | undefined;
  /**
   * How long a lock may be held at most, however often it is extended, in ms from the start of the attempt that acquired (or
   * adopted) it; then it counts as lost. At least 10 ms. Default `Infinity`.
   */
  readonly maxHold?: number | undefined;
  /**
   * Gives every lock a `token`: a number that grows with each holder of the name, so that whatever the lock guards can refuse those
   * who come late. All users of the name must have it on. Nodes need Redis 5 or later. Default false.
   */
  readonly fencing?: boolean | undefined;
  /**
   * How long a node remembers the last token of a name that nobody locks, in ms: an integer from the expiry to 2^31 − 1. Default
   * 604800000, 7 days.
   */
  readonly fenceRetention?: number | undefined;
  /** Is told what happens. */
  readonly onEvent?: RedsyncEventListener | undefined;
  /** Takes over the work that goes on after a call has returned. Calls have one of their own, which comes first. */
  readonly waitUntil?: WaitUntil | undefined;
}

/** What every call may be given that asks the nodes: `lock.extend()`, `lock.verify()`, and those that make a lock. */
export interface CallOptions {
  /** Gives up at once when aborted: the call rejects with `signal.reason`, and undoes what it had in the background. */
  readonly signal?: AbortSignal | undefined;
  /** Takes over the work that goes on after the call, and after the calls on its lock, have returned. */
  readonly waitUntil?: WaitUntil | undefined;
}

/** What `tryLock()` is given. */
export type TryLockOptions = CallOptions;

/** What `lock()` and `using()` are given. */
export interface LockOptions extends CallOptions {
  /**
   * Milliseconds after which the waiting ends with the last attempt's reason, cutting short an attempt that is under way.
   * 0 makes one attempt and does not wait. Otherwise it alone bounds the waiting, unless you have set `tries` too. Default: none, and
   * `tries` bounds the waiting.
   */
  readonly timeout?: number | undefined;
}

/** What `adopt()` is given. */
export interface AdoptOptions extends CallOptions {
  /** With `fencing`, and only there: the token of the lock that is adopted. It keeps it. */
  readonly token?: number | undefined;
}

/** Options that have a default. */
type Defaulted = Exclude<keyof MutexOptions, "onEvent" | "tries" | "waitUntil">;

/** Options with everything filled in. */
type Filled = { readonly [Option in Defaulted]: Exclude<MutexOptions[Option], undefined> };

/** All options, and what follows from them. */
export interface Settings extends Filled {
  /** Never throws. */
  readonly onEvent: RedsyncEventListener | undefined;
  readonly waitUntil: WaitUntil | undefined;
  /** The user's own, if given. */
  readonly tries: number | undefined;
  /** How long a lock is valid from the start of its attempt: the expiry less the drift. */
  readonly validity: number;
  /** How long a round may take. */
  readonly timeout: number;
}

const CLOCK_PRECISION_MS = 2;
const MIN_TIMEOUT_MS = 50;

const defaults = {
  expiry: 8_000,
  tries: undefined,
  retryDelay: randomDelay,
  driftFactor: 0.01,
  timeoutFactor: 0.05,
  generateValue: randomValue,
  failFast: false,
  shuffleNodes: false,
  setNXOnExtend: false,
  autoExtend: false,
  maxHold: Infinity,
  fencing: false,
  fenceRetention: 7 * 24 * 60 * 60 * 1_000,
};

/** An option without a rule is a switch. */
const rules: Readonly<Record<string, Rule>> = {
  expiry,
  tries: count,
  retryDelay: delay,
  driftFactor: factor,
  timeoutFactor: factor,
  generateValue: ["function"],
  maxHold: ["number", 10, Infinity, "a number of milliseconds"],
  fenceRetention: expiry,
  onEvent: ["function"],
  waitUntil: ["function"],
  signal: ["signal"],
  timeout: duration,
  token: ["number", 1, Number.MAX_SAFE_INTEGER - 1, "an integer"],
};

/** The options of every call. */
export const ofCall: readonly (keyof CallOptions)[] = ["signal", "waitUntil"];

/** Refuses options that are no object, that have a name which is not `known`, or that are wrong. */
export function checkOptions(options: object, known: readonly string[] = ofMutex): void {
  check("options", options, ["object"]);
  for (const [option, value] of Object.entries(options)) {
    if (!known.includes(option)) throw new TypeError(misplaced(option, known));
    if (value !== undefined) check(option, value, rules[option] ?? ["boolean"]);
  }
}

/** What is said of an option that does not belong there: where it does, if there is such a place. */
function misplaced(option: string, known: readonly string[]): string {
  const place = ofMutex.includes(option) ? "redsync.mutex(name, " : places[option];
  if (place !== undefined) return `${option} belongs elsewhere, as in ${place}{ ${option} })`;
  return `unknown option ${JSON.stringify(option)}: there are ${known.join(", ")}`;
}

const places: Readonly<Record<string, string>> = {
  signal: "mutex.lock(",
  timeout: "mutex.lock(",
  token: "mutex.adopt(value, ",
};

const ofMutex = [...Object.keys(defaults), "onEvent", "waitUntil"];

/**
 * Fills in the defaults, the last options first.
 *
 * @throws `RangeError` where a factor leaves nothing of the expiry, or a fence would be forgotten within it; `TypeError` for
 * `setNXOnExtend` together with what promises one unbroken lock.
 */
export function settle(...given: readonly MutexOptions[]): Settings {
  // What is undefined is left out, as if it were not named.
  const named = given.flatMap(Object.entries).filter(([, value]) => value !== undefined);
  const settled: Filled & MutexOptions = { ...defaults, ...Object.fromEntries(named) };
  const { expiry, driftFactor, timeoutFactor, maxHold, fencing, fenceRetention } = settled;
  for (const unbroken of ["fencing", "autoExtend", "maxHold"] as const)
    if (settled[unbroken] !== defaults[unbroken]) refuseRetakes(settled, unbroken);
  const validity = Math.min(expiry - (expiry * driftFactor + CLOCK_PRECISION_MS), maxHold);
  if (fencing)
    check("fenceRetention", fenceRetention, ["number", expiry, MAX_MS, "an integer of milliseconds"]);
  const timeout = Math.max(expiry * timeoutFactor, MIN_TIMEOUT_MS);
  if (validity <= 0 || timeout >= expiry)
    throw new RangeError(
      `driftFactor ${driftFactor} and timeoutFactor ${timeoutFactor} must leave some of an expiry of ${expiry} ms`,
    );
  const { onEvent, tries, waitUntil } = settled;
  return {
    ...settled,
    tries,
    validity,
    timeout,
    onEvent: onEvent && ((event) => survive(() => onEvent(event))),
    waitUntil,
  };
}

/** What takes a name again may have lost it in between. Throws a TypeError where that must not be. */
export function refuseRetakes({ setNXOnExtend }: Pick<Settings, "setNXOnExtend">, unbroken: string): void {
  if (setNXOnExtend) throw new TypeError(`setNXOnExtend cannot be combined with ${unbroken}`);
}

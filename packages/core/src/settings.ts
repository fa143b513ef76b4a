import { check, count, delay, duration, expiry, factor, MAX_MS, type Rule } from "./check.ts";
import { callSafely, type RedsyncEvent } from "./events.ts";
import type { AdoptOptions, CallOptions, CloseOptions, LockOptions, MutexOptions } from "./options.ts";
import { checkOwner } from "./owner.ts";
import { randomValue } from "./random-value.ts";
import { randomDelay } from "./retry.ts";

/** Options that may be left without a value: no listener, nobody who takes over, no `tries` of the user's own. */
type Open = "onEvent" | "tries" | "waitUntil";

/** Options with everything filled in. The listener never throws. */
type Filled = {
  readonly [Option in keyof Required<MutexOptions>]: Option extends Open
    ? MutexOptions[Option]
    : Exclude<MutexOptions[Option], undefined>;
};

/** All options, and what follows from them. */
export interface Settings extends Filled {
  /** How long a lock is valid from the start of its attempt: the expiry less the drift, in ms. */
  readonly validity: number;
  /** How long a round may take, in ms. */
  readonly timeout: number;
  /** The expiry and the retention of fences, as commands have them. */
  readonly expiryText: string;
  readonly retentionText: string;
}

const CLOCK_PRECISION_MS = 2;
const MIN_TIMEOUT_MS = 50;

/** An option without a rule is a switch. */
const rules: Readonly<Record<string, Rule>> = {
  expiry,
  tries: count,
  retryDelay: delay,
  driftFactor: factor,
  timeoutFactor: factor,
  generateValue: ["function"],
  owner: ["string"],
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
/** The options of `lock()` and `using()`. */
export const ofWaiting: readonly (keyof LockOptions)[] = [...ofCall, "timeout"];
/** The options of `redsync.close()`. */
export const ofClosing: readonly (keyof CloseOptions)[] = ["timeout"];
/** The options of `adopt()`. */
export const ofAdopting: readonly (keyof AdoptOptions)[] = [...ofCall, "token"];

/** What is said to whoever wants to wait for ever. */
const ENDLESS = "timeout must be finite: to wait without an end, leave it out, and set tries to Infinity";

/** Refuses options that are no object, that have a name which is not `allowed`, or that are wrong. */
export function checkOptions(options: object, allowed: readonly string[]): void {
  if (typeof options === "number") throw new TypeError(misplacedNumber(options, allowed));
  check("options", options, ["object"]);
  for (const option of Object.keys(options))
    if (!allowed.includes(option)) throw new TypeError(misplaced(option, allowed));
  // Also what a class has, or a prototype.
  for (const option of allowed) {
    const value: unknown = Reflect.get(options, option);
    if (value === Infinity && option === "timeout" && allowed === ofWaiting) throw new RangeError(ENDLESS);
    if (value !== undefined) check(option, value, rules[option] ?? ["boolean"]);
    if (option === "owner" && value !== undefined) checkOwner(value as string);
  }
}

/** The message about a bare number, which other libraries take for a time: what it is called here. */
function misplacedNumber(ms: number, allowed: readonly string[]): string {
  const isWait = allowed.includes("timeout");
  const place = isWait ? `{ timeout: ${ms} }` : `redsync.mutex(name, { expiry: ${ms} })`;
  return `options must be an object, as in ${place}, not number`;
}

/** The message about an option that does not belong there: where it belongs, if there is such a place. */
function misplaced(option: string, allowed: readonly string[]): string {
  const place = Object.hasOwn(defaultOptions, option) ? "redsync.mutex(name, " : places.get(option);
  if (place !== undefined) return `${option} belongs elsewhere, as in ${place}{ ${option} })`;
  return `unknown option ${JSON.stringify(option)}: there are ${allowed.join(", ")}`;
}

const places: ReadonlyMap<string, string> = new Map([
  ["signal", "mutex.lock("],
  ["timeout", "mutex.lock("],
  ["token", "mutex.adopt(value, "],
]);

/** What a user may set, with go-redsync's defaults except `failFast`. */
const defaultOptions: Filled = {
  expiry: 8_000,
  tries: undefined,
  retryDelay: randomDelay,
  driftFactor: 0.01,
  timeoutFactor: 0.05,
  generateValue: randomValue,
  owner: "",
  failFast: true,
  fair: true,
  shuffleNodes: false,
  setNXOnExtend: false,
  autoExtend: false,
  maxHold: Infinity,
  fencing: false,
  fenceRetention: 7 * 24 * 60 * 60 * 1_000,
  onEvent: undefined,
  waitUntil: undefined,
};

const ofMutex = Object.keys(defaultOptions) as (keyof Filled)[];

const defaults = derive(defaultOptions);

/**
 * Checks options, and fills in what they leave out. `base` is used as it is if there are none.
 *
 * @throws `TypeError` or `RangeError` for a wrong option; `RangeError` if a factor leaves nothing of the expiry, or a fence would be
 * forgotten within it; `TypeError` for `setNXOnExtend` together with what promises one unbroken lock.
 */
export function resolveSettings(options: MutexOptions | undefined, base: Settings = defaults): Settings {
  if (options === undefined) return base;
  checkOptions(options, ofMutex);
  const filled: { -readonly [Option in keyof MutexOptions]: unknown } = {};
  for (const option of ofMutex) filled[option] = options[option] ?? base[option];
  const { onEvent } = options;
  if (onEvent) filled.onEvent = (event: RedsyncEvent) => callSafely(() => onEvent(event));
  const settings = derive(filled as Filled);
  checkTogether(settings);
  return settings;
}

/** Adds what follows from the options. */
function derive(filled: Filled): Settings {
  const { expiry, driftFactor, timeoutFactor, maxHold, fenceRetention } = filled;
  return {
    ...filled,
    validity: Math.min(expiry - (expiry * driftFactor + CLOCK_PRECISION_MS), maxHold),
    timeout: Math.max(expiry * timeoutFactor, MIN_TIMEOUT_MS),
    expiryText: String(expiry),
    retentionText: String(fenceRetention),
  };
}

function checkTogether(settings: Settings): void {
  const { expiry, driftFactor, timeoutFactor, fencing, fenceRetention, validity, timeout } = settings;
  for (const unbroken of ["fencing", "autoExtend", "maxHold"] as const)
    if (settings[unbroken] !== defaults[unbroken]) refuseReacquiring(settings, unbroken);
  if (fencing)
    check("fenceRetention", fenceRetention, ["number", expiry, MAX_MS, "an integer of milliseconds"]);
  if (validity < 1 || timeout >= expiry)
    throw new RangeError(
      `driftFactor ${driftFactor} and timeoutFactor ${timeoutFactor} must leave some of an expiry of ${expiry} ms`,
    );
}

/** What takes a name again may have lost it in between. Throws a TypeError if that must not be. */
export function refuseReacquiring(
  { setNXOnExtend }: Pick<Settings, "setNXOnExtend">,
  unbroken: string,
): void {
  if (setNXOnExtend) throw new TypeError(`setNXOnExtend cannot be combined with ${unbroken}`);
}

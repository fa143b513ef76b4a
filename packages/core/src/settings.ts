import { check, count, delay, duration, expiry, factor, MAX_MS, type Rule } from "./check.ts";
import { callSafely, type RedsyncEventListener } from "./events.ts";
import type { AdoptOptions, CallOptions, LockOptions, MutexOptions, WaitUntil } from "./options.ts";
import { randomValue } from "./random-value.ts";
import { randomDelay } from "./retry.ts";

/** Options that have a default. */
type Defaulted = Exclude<keyof MutexOptions, "onEvent" | "tries" | "waitUntil">;

/** Options with everything filled in, and what follows from them. */
export interface Settings extends Required<{ readonly [Option in Defaulted]: Defined<Option> }> {
  /** Never throws. */
  readonly onEvent: RedsyncEventListener | undefined;
  readonly waitUntil: WaitUntil | undefined;
  /** The user's own, if given. */
  readonly tries: number | undefined;
  /** How long a lock is valid from the start of its attempt: the expiry less the drift, in ms. */
  readonly validity: number;
  /** How long a round may take, in ms. */
  readonly timeout: number;
  /** The expiry and the retention of fences, as commands have them. */
  readonly expiryText: string;
  readonly retentionText: string;
}

type Defined<Option extends keyof MutexOptions> = Exclude<MutexOptions[Option], undefined>;

const CLOCK_PRECISION_MS = 2;
const MIN_TIMEOUT_MS = 50;
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

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

const optionsOfMutex = [
  "expiry",
  "tries",
  "retryDelay",
  "driftFactor",
  "timeoutFactor",
  "generateValue",
  "failFast",
  "shuffleNodes",
  "setNXOnExtend",
  "autoExtend",
  "maxHold",
  "fencing",
  "fenceRetention",
  "onEvent",
  "waitUntil",
] as const satisfies readonly (keyof MutexOptions)[];

/** The options of a mutex. */
export const ofMutex: readonly string[] = optionsOfMutex;
/** The options of every call. */
export const ofCall: readonly (keyof CallOptions)[] = ["signal", "waitUntil"];
/** The options of `lock()` and `using()`. */
export const ofWaiting: readonly (keyof LockOptions)[] = [...ofCall, "timeout"];
/** The options of `adopt()`. */
export const ofAdopting: readonly (keyof AdoptOptions)[] = [...ofCall, "token"];

/** Refuses options that are no object, that have a name which is not `allowed`, or that are wrong. */
export function checkOptions(options: object, allowed: readonly string[]): void {
  check("options", options, ["object"]);
  for (const [option, value] of Object.entries(options)) {
    if (!allowed.includes(option)) throw new TypeError(misplaced(option, allowed));
    if (value !== undefined) check(option, value, rules[option] ?? ["boolean"]);
  }
}

/** What is said of an option that does not belong there: where it does, if there is such a place. */
function misplaced(option: string, allowed: readonly string[]): string {
  const place = ofMutex.includes(option) ? "redsync.mutex(name, " : places[option];
  if (place !== undefined) return `${option} belongs elsewhere, as in ${place}{ ${option} })`;
  return `unknown option ${JSON.stringify(option)}: there are ${allowed.join(", ")}`;
}

const places: Readonly<Record<string, string>> = {
  signal: "mutex.lock(",
  timeout: "mutex.lock(",
  token: "mutex.adopt(value, ",
};

/** go-redsync's defaults, except `failFast`. */
const defaults: Settings = derive({
  expiry: 8_000,
  tries: undefined,
  retryDelay: randomDelay,
  driftFactor: 0.01,
  timeoutFactor: 0.05,
  generateValue: randomValue,
  failFast: true,
  shuffleNodes: false,
  setNXOnExtend: false,
  autoExtend: false,
  maxHold: Infinity,
  fencing: false,
  fenceRetention: WEEK_MS,
  onEvent: undefined,
  waitUntil: undefined,
});

/**
 * Checks options, and fills in what they leave out. `base` is used as it is if there are none.
 *
 * @throws `TypeError` or `RangeError` for a wrong option; `RangeError` if a factor leaves nothing of the expiry, or a fence would be
 * forgotten within it; `TypeError` for `setNXOnExtend` together with what promises one unbroken lock.
 */
export function resolveSettings(options: MutexOptions | undefined, base: Settings = defaults): Settings {
  if (options === undefined) return base;
  checkOptions(options, ofMutex);
  const { onEvent = base.onEvent } = options;
  const settings = derive({
    expiry: options.expiry ?? base.expiry,
    tries: options.tries ?? base.tries,
    retryDelay: options.retryDelay ?? base.retryDelay,
    driftFactor: options.driftFactor ?? base.driftFactor,
    timeoutFactor: options.timeoutFactor ?? base.timeoutFactor,
    generateValue: options.generateValue ?? base.generateValue,
    failFast: options.failFast ?? base.failFast,
    shuffleNodes: options.shuffleNodes ?? base.shuffleNodes,
    setNXOnExtend: options.setNXOnExtend ?? base.setNXOnExtend,
    autoExtend: options.autoExtend ?? base.autoExtend,
    maxHold: options.maxHold ?? base.maxHold,
    fencing: options.fencing ?? base.fencing,
    fenceRetention: options.fenceRetention ?? base.fenceRetention,
    onEvent: onEvent === base.onEvent ? onEvent : (event) => callSafely(() => onEvent?.(event)),
    waitUntil: options.waitUntil ?? base.waitUntil,
  });
  checkTogether(settings);
  return settings;
}

/** Adds what follows from the options. */
function derive(filled: Omit<Settings, "validity" | "timeout" | "expiryText" | "retentionText">): Settings {
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
  if (validity <= 0 || timeout >= expiry)
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

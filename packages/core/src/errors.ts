import type { NodeAnswer } from "./quorum.ts";
import { reasonOf, redacted } from "./redact.ts";
import { inspect } from "./shown.ts";

/** The stable names of the errors, one for each class. */
export type RedsyncErrorCode =
  | "REDSYNC_LOCK_TAKEN"
  | "REDSYNC_LOCK_FAILED"
  | "REDSYNC_LOCK_LOST"
  | "REDSYNC_EXTEND_FAILED"
  | "REDSYNC_UNLOCK_FAILED"
  | "REDSYNC_NODE";

/**
 * The base of every error that core makes, other than the `TypeError` and `RangeError` for a wrong argument.
 *
 * As JSON it keeps its name, code and message, and what each node said. `structuredClone` and `postMessage` keep the message of any
 * error, and neither its class nor its `code`: send `JSON.stringify(error)` instead.
 */
export abstract class RedsyncError extends Error {
  abstract readonly code: RedsyncErrorCode;

  /** What JSON has of the error: no secret, no stack and no cause. The message says why. */
  toJSON(): Readonly<Record<string, unknown>> {
    // What the callback of `using()` returned is for its caller alone.
    return { ...(this as object), message: this.message, result: undefined };
  }
}

/** All the errors there are, to be told apart by `code`. */
export type AnyRedsyncError =
  | LockTakenError
  | LockFailedError
  | LockLostError
  | ExtendFailedError
  | UnlockFailedError
  | NodeError;

/**
 * Whether `value` is an error of ours. It goes by `code`, not by class, so that the errors of two copies of core (ESM and
 * CommonJS, or two versions) recognise each other.
 */
export function isRedsyncError(value: unknown): value is AnyRedsyncError {
  return value instanceof Error && String((value as AnyRedsyncError).code).startsWith("REDSYNC_");
}

/** Whether the client gave an error, as `cause`: unlike reading that, this costs nothing. */
let saysWhy: (error: NodeError) => boolean;

/**
 * One node did not do as asked. `cause` is the client's own error, where there is one; in place of one that carries the value of the
 * lock, a copy of its name, message, code and cause.
 */
export class NodeError extends RedsyncError {
  override readonly name = "NodeError";
  readonly code = "REDSYNC_NODE";
  /** The node's position in the list that `Redsync` was given, from 0. */
  readonly node: number;
  /**
   * True if it is sure that the command was not run and will not be: the server answered with an error, or the client refused the
   * command before it was written. False: nobody knows.
   */
  readonly refused: boolean;

  #cause: Error | undefined;
  readonly #readCause: (() => Error) | undefined;

  constructor(node: number, what: string, refused = false, readCause?: () => Error) {
    super(`node ${node}: ${what}`);
    this.node = node;
    this.refused = refused;
    this.#readCause = readCause;
  }

  override get cause(): Error | undefined {
    this.#cause ??= this.#readCause?.();
    return this.#cause;
  }

  /**
   * For `console.log`, which shows a cause only if it is a property of the error itself.
   *
   * @internal
   */
  [inspect](): this {
    const { cause: value } = this;
    return value ? Object.defineProperty(this, "cause", { value, configurable: true, writable: true }) : this;
  }

  static {
    saysWhy = (error) => error.#readCause !== undefined;
  }
}

/** What one node had to say in a round: its answer, or why there is none. */
export type NodeOutcome =
  | { readonly name: string; readonly node: number; readonly status: NodeAnswer }
  | {
      readonly name: string;
      readonly node: number;
      readonly status: "failed" | "unknown";
      readonly error: NodeError;
    };

/** How many answers a message shows: enough for five nodes and a handful of names. */
const SHOWN = 30;

/** A verdict on a lock. */
abstract class VerdictError extends RedsyncError {
  /** What every node said, in the order of the nodes; empty where the nodes were not asked. */
  readonly outcomes: readonly NodeOutcome[];

  constructor(
    lock: string,
    verdict: string,
    outcomes: readonly NodeOutcome[] = [],
    cause: Error | undefined = causeOf(outcomes),
  ) {
    // Of many, those that matter.
    const telling = outcomes.filter(({ status }) => status !== "ok");
    const shown = outcomes.length > SHOWN && telling.length > 0 ? telling : outcomes;
    const said = shown.slice(0, SHOWN).map((one) => describe(one, lock));
    if (outcomes.length > SHOWN) said.push("...");
    super(`"${brief(lock)}" ${verdict}${said.length > 0 ? ": " : ""}${said.join("; ")}`, cause && { cause });
    this.outcomes = outcomes;
  }
}

/** How the waiting for a lock ended. */
export interface Ending {
  /** How many attempts were made. */
  readonly attempts: number;
  /** Whether the call's `timeout` ended it, before its `tries` were spent. */
  readonly timedOut: boolean;
}

/** No lock. */
abstract class NoLockError extends VerdictError implements Ending {
  readonly attempts: number;
  readonly timedOut: boolean;

  constructor(
    lock: string,
    verdict: string,
    outcomes?: readonly NodeOutcome[],
    { attempts, timedOut }: Ending = { attempts: 1, timedOut: false },
  ) {
    super(lock, verdict, outcomes);
    this.attempts = attempts;
    this.timedOut = timedOut;
  }
}

/** No lock, because too few nodes answered, or answered too late: Redis is at fault, not another holder. */
export class LockFailedError extends NoLockError {
  override readonly name = "LockFailedError";
  readonly code = "REDSYNC_LOCK_FAILED";
}

/** No lock, because others hold the name, or split its nodes among themselves. */
export class LockTakenError extends NoLockError {
  override readonly name = "LockTakenError";
  readonly code = "REDSYNC_LOCK_TAKEN";

  /** The nodes on which somebody else's value sits, under any of the names. */
  get nodes(): readonly number[] {
    return nodesWithOthers(this.outcomes);
  }
}

/** The lock is no longer ours: its time ran out, or somebody else has it. */
export class LockLostError extends VerdictError {
  override readonly name = "LockLostError";
  readonly code = "REDSYNC_LOCK_LOST";
  /** "taken" where a node showed somebody else's value, else "expired". */
  readonly reason: "expired" | "taken" = this.outcomes.some(isTaken) ? "taken" : "expired";
  /** From `mutex.using()`: what its callback returned, though the lock was lost meanwhile. */
  readonly result?: unknown;
}

/** Too few nodes answered to extend the lock. It stays held until its old `until`. */
export class ExtendFailedError extends VerdictError {
  override readonly name = "ExtendFailedError";
  readonly code = "REDSYNC_EXTEND_FAILED";
}

/** Too few nodes answered to know whether the lock was released. What is left ends with its expiry. */
export class UnlockFailedError extends VerdictError {
  override readonly name = "UnlockFailedError";
  readonly code = "REDSYNC_UNLOCK_FAILED";
}

/** The nodes on which somebody else's value sits, under any of the names. */
export function nodesWithOthers(outcomes: readonly NodeOutcome[]): readonly number[] {
  return [...new Set(outcomes.filter(isTaken).map(({ node }) => node))];
}

function isTaken({ status }: NodeOutcome): boolean {
  return status === "taken";
}

/** What one node said; of a lock that has several names, about which. */
function describe(one: NodeOutcome, lock: string): string {
  const said = "error" in one ? one.error.message : `node ${one.node}: ${one.status}`;
  return one.name === lock ? said : `"${brief(one.name)}" ${said}`;
}

/** The first node's error that says more than "no answer in time", so that `error.cause` leads to the client's own. */
function causeOf(outcomes: readonly NodeOutcome[]): Error | undefined {
  const errors = outcomes.flatMap((one) => ("error" in one ? one.error : []));
  return errors.find(saysWhy) ?? errors[0];
}

/**
 * The client's error; `isRefused` if it is sure that the command was not run and will not be.
 *
 * Every failed command comes by here, also when hundreds of callers wait for a node that is down, and most of these errors are never
 * looked at. So the cause is searched for the value when it is read for the first time: that has the engine write down the stack.
 */
export function failed(node: number, error: unknown, value: string, isRefused: boolean): NodeError {
  const what = `${isRefused ? "refused" : "no answer"}: ${brief(reasonOf(error, value))}`;
  return new NodeError(node, what, isRefused, () => redacted(error, value));
}

/** No answer yet when the round was judged: at its deadline, or before it. `why` is what the client says of its connection. */
export function unanswered(node: number, ms: number, isOverdue: boolean, why?: Error): NodeError {
  const advice = isOverdue ? " (expiry * timeoutFactor: raise either to wait longer)" : ", when judged";
  const what = `no answer within ${Math.round(ms)} ms${why ? `: ${brief(why.message)}` : advice}`;
  return new NodeError(node, what, false, why && (() => why));
}

/** Not asked, because the node owes its answer to a command of that time. `why` is what the client said of its connection then. */
export function silent(node: number, since: number, why?: Error): NodeError {
  const reason = why ? `: ${brief(why.message)}` : "";
  const what = `not asked: it is silent since ${new Date(since).toISOString()}${reason}`;
  return new NodeError(node, what, false, why && (() => why));
}

/** A name or a foreign text, fit for a message of one line. */
export function brief(text: string): string {
  // Cut before it is written as JSON, which may be long: a message may be of any length.
  return JSON.stringify(text.slice(0, 201))
    .slice(1, -1)
    .replace(/^(.{200}).+/s, "$1...");
}

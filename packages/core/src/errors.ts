import {
  causeOf,
  describeOutcomes,
  isTaken,
  type NodeError,
  type NodeOutcome,
  nodesWithOthers,
} from "./node-error.ts";
import { truncate } from "./redact.ts";
import { RedsyncError } from "./redsync-error.ts";

/** All the errors there are, to be distinguished by `code`. */
export type AnyRedsyncError =
  | LockTakenError
  | LockFailedError
  | LockLostError
  | ExtendFailedError
  | UnlockFailedError
  | ClosedError
  | NodeError;

/**
 * Whether `value` is an error of ours. It goes by `code`, not by class, so that the errors of two copies of core (ESM and
 * CommonJS, or two versions) recognise each other.
 */
export function isRedsyncError(value: unknown): value is AnyRedsyncError {
  return value instanceof Error && String((value as AnyRedsyncError).code).startsWith("REDSYNC_");
}

/** A verdict on a lock. */
abstract class VerdictError extends RedsyncError {
  /** What every node had said when the call was decided, in the order of the nodes; empty if the nodes were not asked. */
  readonly outcomes: readonly NodeOutcome[];

  constructor(
    lock: string,
    verdict: string,
    outcomes: readonly NodeOutcome[] = [],
    cause: Error | undefined = causeOf(outcomes),
  ) {
    const said = describeOutcomes(outcomes, lock);
    super(`"${truncate(lock)}" ${verdict}${said && ": "}${said}`, cause && { cause });
    this.outcomes = outcomes;
  }
}

/** How the waiting for a lock ended. */
export interface Ending {
  /** How many attempts were made. */
  readonly attempts: number;
  /** Whether the call's `timeout` ended it, before its `tries` were spent. */
  readonly timedOut: boolean;
  /** How many calls of this `Redsync` still waited for the name before it. */
  readonly before: number;
}

/**
 * Makes the error of a call that gives no lock, from what the nodes said last; `own` is what to say in place of "others hold it", if a lock
 * of this process is in its way.
 */
export type CallFailure = (verdict: string, ending: Ending, own?: string) => Error;

/** No lock. */
abstract class NoLockError extends VerdictError implements Ending {
  readonly attempts: number;
  readonly timedOut: boolean;
  readonly before: number;

  constructor(
    lock: string,
    verdict: string,
    outcomes?: readonly NodeOutcome[],
    { attempts, timedOut, before }: Ending = { attempts: 1, timedOut: false, before: 0 },
  ) {
    const others = before > 0 ? `${verdict}, and ${before} wait before it in this process` : verdict;
    super(lock, others, outcomes);
    this.attempts = attempts;
    this.timedOut = timedOut;
    this.before = before;
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

  /** The nodes that have somebody else's value, under any of the names. */
  get nodes(): readonly number[] {
    return nodesWithOthers(this.outcomes);
  }

  /** The `owner` of the lock that was in the way, if its value tells one; of several, the one of the first node that told it. */
  get owner(): string | undefined {
    for (const one of this.outcomes) if (one.status === "taken" && one.owner) return one.owner;
    return undefined;
  }
}

/** How a lock was lost. */
export type LossReason = "expired" | "taken" | "closed";

/** The lock is no longer ours: its time ran out, or somebody else has it. */
export class LockLostError extends VerdictError {
  override readonly name = "LockLostError";
  readonly code = "REDSYNC_LOCK_LOST";
  /** "closed" if `redsync.close()` ended it; "taken" if a node showed somebody else's value; else "expired". */
  readonly reason: LossReason;
  /** From `mutex.using()`: what its callback returned, though the lock was lost meanwhile. */
  readonly result?: unknown;

  constructor(
    lock: string,
    verdict: string,
    outcomes?: readonly NodeOutcome[],
    cause?: Error,
    reason?: LossReason,
  ) {
    super(lock, verdict, outcomes, cause);
    this.reason = reason ?? (this.outcomes.some(isTaken) ? "taken" : "expired");
  }
}

/** Nothing can be locked, or adopted, any more: `redsync.close()` was called. */
export class ClosedError extends RedsyncError {
  override readonly name = "ClosedError";
  readonly code = "REDSYNC_CLOSED";

  constructor() {
    super("redsync.close() was called: nothing can be locked any more");
  }
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

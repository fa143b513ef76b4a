import type {
  ExtendFailedError,
  LockFailedError,
  LockLostError,
  LockTakenError,
  LossReason,
  UnlockFailedError,
} from "./errors.ts";
import type { NodeError } from "./node-error.ts";
import type { Operation } from "./operation.ts";
import type { RedsyncErrorCode } from "./redsync-error.ts";
import type { UnlockResult } from "./votes.ts";

/** A lock was acquired. */
export interface AcquiredEvent {
  readonly type: "acquired";
  readonly name: string;
  /** The attempt that succeeded, from 1. */
  readonly attempt: number;
  /** Milliseconds from the first attempt to the lock, waiting included. */
  readonly ms: number;
  /** Milliseconds of validity that were left then. */
  readonly remaining: number;
  /** The nodes that had granted it by then. */
  readonly granted: number;
}

/** An attempt met other holders. */
export interface ContendedEvent {
  readonly type: "contended";
  readonly name: string;
  /** Which attempt, from 1. */
  readonly attempt: number;
  /** Milliseconds that the attempt took. */
  readonly ms: number;
  /** The nodes that had answered that somebody else holds the name. */
  readonly nodes: readonly number[];
}

/** A lock was extended, or adopted. */
export interface ExtendedEvent {
  readonly type: "extended";
  readonly name: string;
  /** Milliseconds that the extension took. */
  readonly ms: number;
  /** Milliseconds of validity that are left now. */
  readonly remaining: number;
  /** The nodes that had granted it by then. */
  readonly granted: number;
}

/** A node that had lost a lock's key was given it again, after an extension. */
export interface RepairedEvent {
  readonly type: "repaired";
  /** The one name that the node had lost, also if the lock has several. */
  readonly name: string;
  /** The node's position in the list that `Redsync` was given, from 0. */
  readonly node: number;
  /** Milliseconds that it took. */
  readonly ms: number;
}

/**
 * A lock was found lost: by a call, at the end of a scope, by its `signal` or by its renewal. A lock that expires unwatched emits
 * nothing. Emitted at most once for a lock, unless `setNXOnExtend` took it anew.
 */
export interface LostEvent {
  readonly type: "lost";
  readonly name: string;
  readonly reason: LossReason;
  /** Milliseconds since the attempt that acquired (or adopted) the lock began. */
  readonly held: number;
  /** Why, node by node if the nodes were asked: what `lock.signal` aborts with. */
  readonly error: LockLostError;
}

/** An unlock was judged. */
export interface ReleasedEvent {
  readonly type: "released";
  readonly name: string;
  readonly result: UnlockResult;
  /** Milliseconds that the unlock took. */
  readonly ms: number;
  /** Milliseconds since the attempt that acquired (or adopted) the lock began. */
  readonly held: number;
}

/**
 * A node refused a question, or did not answer it in time. Emitted at the first failure, and while the outage lasts after 1, 5 and 21
 * seconds, and then once a minute: an outage is a handful of events, however many questions fail. The listener of the mutex that asked
 * receives it.
 */
export interface NodeFailedEvent {
  readonly type: "nodeFailed";
  /** The one name that was asked about, also if the lock has several. */
  readonly name: string;
  readonly operation: Operation;
  /** Which attempt of the lock, from 1; only if the operation is "acquire". */
  readonly attempt?: number;
  /** The node's position in the list that `Redsync` was given, from 0. */
  readonly node: number;
  /** Milliseconds since the node was asked. */
  readonly ms: number;
  /** How many questions to the node have failed since its last event: this one, and those that were not reported. */
  readonly failures: number;
  readonly error: NodeError;
}

/**
 * A call failed: `lock()`, `tryLock()`, `using()` or `adopt()` gave no lock, or `extend()`, the renewal or `unlock()` heard from too few
 * nodes. One event for each call, with the error that it rejects with. A `tryLock()` that resolves to null, and a call that its own
 * signal ended, did not fail.
 */
export interface FailedEvent {
  readonly type: "failed";
  readonly name: string;
  /** The error's code. */
  readonly code: RedsyncErrorCode;
  /** Milliseconds from the call to its failure. */
  readonly ms: number;
  readonly error: LockFailedError | LockTakenError | ExtendFailedError | UnlockFailedError;
}

/** Everything that `onEvent` may be called with; tell them apart by `type`. Durations are in milliseconds. */
export type RedsyncEvent =
  | AcquiredEvent
  | ContendedEvent
  | ExtendedEvent
  | RepairedEvent
  | LostEvent
  | ReleasedEvent
  | FailedEvent
  | NodeFailedEvent;

/** Receives events, synchronously. What it throws, or rejects with, is dropped: watching a lock must not break it. */
export type RedsyncEventListener = (event: RedsyncEvent) => void;

/** Calls a user's callback. What it throws, or rejects with, is its own affair. */
export function callSafely(callback: () => unknown): void {
  try {
    const returned = callback();
    if (returned instanceof Promise) returned.catch(() => {});
  } catch {
    // As said.
  }
}

/** The stable names of the errors, one for each class. */
export type RedsyncErrorCode =
  | "REDSYNC_LOCK_TAKEN"
  | "REDSYNC_LOCK_FAILED"
  | "REDSYNC_LOCK_LOST"
  | "REDSYNC_EXTEND_FAILED"
  | "REDSYNC_UNLOCK_FAILED"
  | "REDSYNC_CLOSED"
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

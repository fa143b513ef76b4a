import { LockFailedError } from "@redsync/core";
import { isA, rejection, same } from "./assert.ts";

/** Resolves to what an attempt rejects with, if that is no contention. */
export async function failureFrom(locking: Promise<unknown>): Promise<LockFailedError> {
  const error = await rejection(locking);
  isA(error, LockFailedError);
  same(error.code, "REDSYNC_LOCK_FAILED");
  return error;
}

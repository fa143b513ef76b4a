import { type Lock, LockLostError, type MutexOptions } from "@redsync/core";
import { isA, rejection, same } from "./assert.ts";
import { countOfCommands } from "./fixture/faulty-nodes.ts";
import type { Fixture } from "./fixture/fixture.ts";
import { EXPIRY_20S } from "./fixture/timings.ts";

/** A lock that has run out, on the holder's clock and on the nodes. */
export async function expiredLock(fixture: Fixture, options: MutexOptions = {}): Promise<Lock> {
  const lock = await fixture.timed(options).lock();
  await fixture.clock.advance(EXPIRY_20S);
  await fixture.tampering.forget();
  return lock;
}

/** Resolves to the loss that a call rejects with, if that has this reason. */
export async function lossFrom(
  extending: Promise<void>,
  reason: "expired" | "taken",
): Promise<LockLostError> {
  const error = await rejection(extending);
  isA(error, LockLostError);
  same([error.code, error.reason], ["REDSYNC_LOCK_LOST", reason]);
  return error;
}

/** Resolves if nothing is sent meanwhile, nor by what is under way then. */
export async function sendsNothing(fixture: Fixture, run: () => Promise<unknown>): Promise<void> {
  const before = countOfCommands(fixture.nodes);
  await run();
  await fixture.settled();
  same(countOfCommands(fixture.nodes), before, "the commands that were sent");
}

import { acquire } from "./acquire.ts";
import type { Attempt } from "./attempt.ts";
import { runCall } from "./call.ts";
import { check } from "./check.ts";
import { elapsed, present } from "./clock.ts";
import { LockFailedError, LockTakenError } from "./errors.ts";
import { HeldLock } from "./held-lock.ts";
import { inspectNodes, type NodeInspection } from "./inspection.ts";
import { type Lock, lockOf } from "./lock.ts";
import type { LockSpec } from "./lock-spec.ts";
import type { AdoptOptions, CallOptions, LockOptions, TryLockOptions, WaitUntil } from "./options.ts";
import { checkValue } from "./owner.ts";
import { Ownership } from "./ownership.ts";
import { ofAdopting, ofCall, ofWaiting, refuseReacquiring } from "./settings.ts";

const DEFAULT_TRIES = 32;

/** Locks the names, and has the lock extended by itself if asked for. */
export function lock(spec: LockSpec, options?: LockOptions, isExtending?: boolean): Promise<HeldLock> {
  return runCall(spec.context, options, ofWaiting, spec.settings.waitUntil, (wait, background, owner) => {
    const tries = triesFor(spec, options?.timeout);
    return reported(spec, acquire(spec, tries, wait, background)).then((made) =>
      heldFrom(made, owner, isExtending),
    );
  });
}

/** A `timeout` is what bounds the waiting, unless the user has given `tries` as well. */
function triesFor({ settings: { tries } }: LockSpec, timeout: number | undefined): number {
  if (timeout === 0) return 1;
  return tries ?? (timeout === undefined ? DEFAULT_TRIES : Infinity);
}

export function tryLock(spec: LockSpec, options?: TryLockOptions): Promise<HeldLock | null> {
  return runCall(spec.context, options, ofCall, spec.settings.waitUntil, (wait, background, owner) =>
    reported(spec, acquire(spec, 1, wait, background).catch(nullIfTaken)).then(
      (made) => made && heldFrom(made, owner),
    ),
  );
}

function nullIfTaken(error: unknown): null {
  if (error instanceof LockTakenError) return null;
  throw error;
}

/** Reports a call that gives no lock to `onEvent`. */
function reported<T>(spec: LockSpec, acquiring: Promise<T>): Promise<T> {
  const { onEvent } = spec.settings;
  if (onEvent === undefined) return acquiring;
  const { clock } = spec.context;
  const started = present(clock);
  return acquiring.catch((error: unknown) => {
    if (error instanceof LockFailedError || error instanceof LockTakenError)
      onEvent({ type: "failed", name: spec.name, code: error.code, ms: elapsed(clock, started), error });
    throw error;
  });
}

function heldFrom(
  { ownership, round }: Attempt,
  waitUntil: WaitUntil | undefined,
  isExtending: boolean = ownership.spec.settings.autoExtend,
): HeldLock {
  const held = new HeldLock(ownership, round, "held", waitUntil);
  held.remember();
  if (isExtending) held.autoExtend();
  return held;
}

export async function using<Result>(
  spec: LockSpec,
  callback: (lock: Lock<never>) => Result | Promise<Result>,
  options?: LockOptions,
): Promise<Result> {
  check("callback", callback, ["function"]);
  refuseReacquiring(spec.settings, "using");
  const held = await lock(spec, options, true);
  let result: Result;
  try {
    result = await callback(lockOf(held));
  } catch (error) {
    await held.dispose();
    throw error;
  }
  await held.finish(result);
  return result;
}

export function adopt(spec: LockSpec, value: string, options?: AdoptOptions): Promise<HeldLock> {
  const { context, settings } = spec;
  return runCall(context, options, ofAdopting, settings.waitUntil, async (wait, background, waitUntil) => {
    const token = options?.token;
    context.lifetime.throwIfClosed();
    checkValue("value", value);
    if (settings.fencing) check("token", token, ["number"]);
    else if (token !== undefined) throw new TypeError("adopt() expects no token without fencing");
    const ownership = new Ownership(spec, value, token);
    const start = present(context.clock);
    // Any node may have it from its previous owner, but for one that has been silent for longer than it would keep it.
    for (const { index, health } of spec.keys)
      ownership.written[index] = !health.unresponsiveFor(settings.expiry, start);
    const held = new HeldLock(ownership, start, "adopting", waitUntil);
    await held.adopt(wait, background);
    if (settings.autoExtend) held.autoExtend();
    return held;
  });
}

export function inspectMutex(spec: LockSpec, options?: CallOptions): Promise<readonly NodeInspection[]> {
  return runCall(spec.context, options, ofCall, spec.settings.waitUntil, (wait, background) =>
    inspectNodes(spec, wait, background),
  );
}

import { isRedsyncError, type Lock } from "@redsync/core";
import type { Caller } from "./caller.ts";
import type { Holding } from "./holdings.ts";
import { Violation } from "./violation.ts";

/**
 * What a holder does while it holds a lock. Resolves to what is still under way: an extension may be judged after the unlock
 * has begun.
 */
export async function use(
  caller: Caller,
  { lock, watch }: Holding,
  renews: boolean,
): Promise<{ readonly extensions: Promise<unknown> }> {
  const { random, world } = caller;
  const { habits, options } = world.plan;
  const extensions: Promise<void>[] = [];
  if (random.chance(habits.watch)) watch.read(lock);
  await linger(caller);
  if (renews) await caller.sleep(random.between(0, habits.stay) * options.expiry);
  if (random.chance(habits.verify)) {
    await verify(caller, lock);
    await linger(caller);
  }
  while (random.chance(0.7 * habits.extend)) {
    if (random.chance(habits.extendLate)) await caller.sleep(shortOf(caller, lock));
    // It may outlast what waits for it: what it finds is told to the world.
    const extension = extend(caller, lock).catch((error) => world.fail(error));
    extensions.push(extension);
    if (random.chance(habits.extendTwice)) await caller.sleep(caller.moment());
    else await extension;
    if (random.chance(0.2)) await verify(caller, lock);
    if (random.chance(0.7)) await linger(caller);
  }
  if (random.chance(habits.watch)) watch.read(lock);
  return { extensions: Promise.all(extensions) };
}

async function extend(caller: Caller, lock: Lock): Promise<void> {
  const signal = caller.signal();
  const until = lock.until.getTime();
  const extension = lock.extend({ ...(signal && { signal }) }).then(() => true);
  const settled = await caller.settle("extend()", extension, signal);
  if ("error" in settled) {
    checkVerdict(caller, settled.error);
    return caller.checkError("extend()", settled.error, signal);
  }
  caller.world.saw("extended");
  if (lock.until.getTime() > until) caller.checkFresh("extend()", lock);
}

/** Nodes without our value rule out a quorum for one of the names: that is more than a failure. */
function checkVerdict({ world }: Caller, error: unknown): void {
  if (!isRedsyncError(error) || error.code !== "REDSYNC_EXTEND_FAILED") return;
  const without = error.outcomes.filter(({ status }) => status === "absent" || status === "taken");
  for (const { name } of without)
    if (without.filter((one) => one.name === name).length >= world.plan.servers / 2)
      throw new Violation("one name lost is all lost", `extend() does not tell that ${name} is lost`);
}

async function verify(caller: Caller, lock: Lock): Promise<void> {
  const settled = await caller.settle("verify()", lock.verify(), undefined);
  if ("result" in settled) return caller.world.saw("verified");
  if (String(settled.error).includes(" is lost")) caller.world.saw("verify() finds the loss");
  caller.checkError("verify()", settled.error, undefined);
}

/** Sometimes for longer than the lock is valid. */
function linger(caller: Caller): Promise<void> {
  const { random, world } = caller;
  const { options, habits } = world.plan;
  const overstays = random.chance(habits.overstay);
  const expiries = overstays ? random.between(0.9, 2) : random.between(0, 0.5);
  return caller.sleep(expiries * options.expiry);
}

/** Until so shortly before a lock's end that the end may come before the verdict. */
function shortOf({ random, world }: Caller, lock: Lock): number {
  return Math.max(0, lock.remaining() - random.between(0, world.timeout));
}

import type { Lock } from "@redsync/core";
import type { Caller } from "./caller.ts";
import type { Holding } from "./holdings.ts";
import { isFoundByNodes } from "./verdicts.ts";

/**
 * What a holder does while it holds a lock. Resolves to what is still under way: an extension may be judged after the unlock
 * has begun.
 */
export async function use(
  caller: Caller,
  { lock, watch }: Holding,
  renews: boolean,
): Promise<{ readonly extensions: Promise<unknown> }> {
  const { random, simulation } = caller;
  const { behaviour, options } = simulation.plan;
  const extensions: Promise<void>[] = [];
  if (random.chance(behaviour.readSignal)) watch.read(lock);
  await linger(caller);
  if (renews) await caller.sleep(random.between(0, behaviour.stay) * options.expiry);
  if (random.chance(behaviour.verify)) {
    await verify(caller, lock);
    await linger(caller);
  }
  while (random.chance(0.7 * behaviour.extend)) {
    if (random.chance(behaviour.extendLate)) await caller.sleep(shortOf(caller, lock));
    // It may outlast what waits for it.
    const extension = extend(caller, lock).catch((error) => simulation.fail(error));
    extensions.push(extension);
    if (random.chance(behaviour.extendTwice)) await caller.sleep(caller.moment());
    else await extension;
    if (random.chance(0.2)) await verify(caller, lock);
    if (random.chance(0.7)) await linger(caller);
  }
  if (random.chance(behaviour.readSignal)) watch.read(lock);
  return { extensions: Promise.all(extensions) };
}

async function extend(caller: Caller, lock: Lock): Promise<void> {
  const signal = caller.signal();
  const until = lock.until.getTime();
  const extension = lock.extend({ ...(signal && { signal }) }).then(() => true);
  const settled = await caller.settle("extend()", extension, signal);
  if ("error" in settled) {
    return caller.failed("extend()", settled.error, signal, new Set([lock.value]));
  }
  caller.simulation.coverage.count("extended");
  if (lock.until.getTime() > until)
    caller.simulation.report({ what: "prolonged", lock, process: caller.process });
}

async function verify(caller: Caller, lock: Lock): Promise<void> {
  const settled = await caller.settle("verify()", lock.verify(), undefined);
  if ("result" in settled) return caller.simulation.coverage.count("verified");
  if (isFoundByNodes(String(settled.error))) caller.simulation.coverage.count("verify() finds the loss");
  caller.failed("verify()", settled.error, undefined, new Set([lock.value]));
}

/** Sometimes for longer than the lock is valid. */
function linger(caller: Caller): Promise<void> {
  const { random, simulation } = caller;
  const { options, behaviour } = simulation.plan;
  const overstays = random.chance(behaviour.overstay);
  const expiries = overstays ? random.between(0.9, 2) : random.between(0, 0.5);
  return caller.sleep(expiries * options.expiry);
}

/** Until so shortly before a lock's end that the end may come before the verdict. */
function shortOf({ random, simulation }: Caller, lock: Lock): number {
  return Math.max(0, lock.remaining() - random.between(0, simulation.timeout));
}

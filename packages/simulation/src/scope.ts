import type { Lock } from "@redsync/core";
import type { Caller } from "./caller.ts";
import type { Holding } from "./holdings.ts";
import type { Terms } from "./terms.ts";
import { use } from "./usage.ts";

/** How the callback of a `using()` ended. */
export interface Ending {
  readonly holding: Holding;
  readonly isHandedOver: boolean;
  /** It unlocked the lock itself. */
  readonly isUnlocked: boolean;
  /** The lock was no longer held by then, by the clock. */
  readonly isOver: boolean;
  /** What it threw, or returned. */
  readonly error?: Error;
  readonly result?: object;
}

/** Works under a lock by `using()`, and reports how that ended. Resolves to the lock if it was handed over. */
export async function scope(caller: Caller, terms: Terms): Promise<Holding | undefined> {
  const { simulation, process } = caller;
  const watch = caller.watch({ renews: true });
  const signal = caller.signal();
  const timeout = caller.timeout();
  const { least } = simulation.tokenOrder;
  let holding: Holding | undefined;
  let ending: Ending | undefined;
  const callback = async (lock: Lock) => {
    caller.leaves("using()", signal);
    simulation.asking.delete(caller);
    holding = caller.given("using()", lock, watch, least);
    await use(caller, holding, true);
    ending = await end(caller, holding);
    if (ending.error) throw ending.error;
    return ending.result;
  };
  const guarded = (lock: Lock) =>
    callback(lock).catch((error) => {
      if (error !== ending?.error) simulation.fail(error);
      throw error;
    });
  simulation.asking.add(caller);
  const options = { ...(signal && { signal }), ...(timeout !== undefined && { timeout }) };
  const settled = await caller.settle("using()", caller.mutex(terms, watch).using(guarded, options), signal);
  simulation.asking.delete(caller);
  for (const value of watch.values)
    if (value !== holding?.lock.value) simulation.cleanup.finished(process, value);
  if (holding === undefined) {
    if ("error" in settled) caller.failed("using()", settled.error, signal, watch.values);
    return undefined;
  }
  simulation.holdings.drop(holding);
  simulation.report({ what: "scope ended", ending, settled });
  if (ending?.isHandedOver) return holding;
  simulation.cleanup.finished(process, holding.lock.value);
  return undefined;
}

async function end(caller: Caller, holding: Holding): Promise<Ending> {
  const { random, simulation } = caller;
  const { lock, watch } = holding;
  const isHandedOver = random.chance(simulation.plan.behaviour.handOver) && lock.remaining() > 0;
  const isOver = lock.remaining() === 0;
  const isUnlocked = !isHandedOver && random.chance(0.2);
  if (isHandedOver) {
    lock.handOver();
    watch.handedOver();
    simulation.holdings.drop(holding);
  } else {
    // Else `using()` unlocks when the callback has ended, at once.
    if (isUnlocked) watch.unlocking();
    else simulation.atEndOfStep(() => watch.unlocking());
    if (isUnlocked) await caller.outcome("unlock()", lock.unlock());
  }
  const made = random.chance(0.3) ? { error: new Error("the work failed") } : { result: {} };
  return { holding, isHandedOver, isUnlocked, isOver, ...made };
}

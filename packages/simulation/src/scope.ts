import type { Lock } from "@redsync/core";
import type { Caller, Settled, Terms } from "./caller.ts";
import type { Holding } from "./holdings.ts";
import { use } from "./usage.ts";
import { Violation } from "./violation.ts";

/** How the callback ended. */
interface Ending {
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

/** Works under a lock by `using()`, and holds that to what it says. Resolves to the lock where it was handed over. */
export async function scope(caller: Caller, terms: Terms): Promise<Holding | undefined> {
  const { world, home } = caller;
  const watch = caller.watch({ renews: true });
  const signal = caller.signal();
  const timeout = caller.timeout();
  const { least } = world.succession;
  let holding: Holding | undefined;
  let ending: Ending | undefined;
  const callback = async (lock: Lock) => {
    caller.leaves("using()", signal);
    world.asking.delete(caller);
    holding = caller.given("using()", lock, watch, least);
    await use(caller, holding, true);
    ending = await end(caller, holding);
    if (ending.error) throw ending.error;
    return ending.result;
  };
  const guarded = (lock: Lock) =>
    callback(lock).catch((error) => {
      if (error !== ending?.error) world.fail(error);
      throw error;
    });
  world.asking.add(caller);
  const options = { ...(signal && { signal }), ...(timeout !== undefined && { timeout }) };
  const settled = await caller.settle("using()", caller.mutex(terms, watch).using(guarded, options), signal);
  world.asking.delete(caller);
  for (const value of watch.values) if (value !== holding?.lock.value) world.finished(home.machine, value);
  if (holding === undefined) {
    if ("error" in settled) caller.checkError("using()", settled.error, signal);
    return undefined;
  }
  world.holdings.drop(holding);
  if (ending === undefined) throw broken("it ended before its callback");
  world.saw(`using() ${judge(ending, settled)}`);
  if (ending.isHandedOver) return holding;
  world.finished(home.machine, holding.lock.value);
  return undefined;
}

async function end(caller: Caller, holding: Holding): Promise<Ending> {
  const { random, world } = caller;
  const { lock, watch } = holding;
  const isHandedOver = random.chance(world.plan.habits.handOver) && lock.remaining() > 0;
  const isOver = lock.remaining() === 0;
  const isUnlocked = !isHandedOver && random.chance(0.2);
  if (isHandedOver) {
    lock.handOver();
    watch.handedOver();
    world.holdings.drop(holding);
  } else {
    // Else `using()` unlocks when the callback has ended, at once.
    if (isUnlocked) watch.unlocking();
    else world.atEndOfStep(() => watch.unlocking());
    if (isUnlocked) await caller.outcome("unlock()", lock.unlock());
  }
  const made = random.chance(0.3) ? { error: new Error("the work failed") } : { result: {} };
  return { holding, isHandedOver, isUnlocked, isOver, ...made };
}

/** What `using()` did, which is one thing only for each ending. */
function judge(ending: Ending, settled: Settled<unknown>): string {
  const { isHandedOver, error, result } = ending;
  if (error) {
    if ("error" in settled && settled.error === error) return "rejected with the callback's error";
    throw broken("the callback's own error is lost");
  }
  const isLost = !isHandedOver && wasLost(ending);
  if (!isLost) {
    if ("result" in settled && settled.result === result) return isHandedOver ? "handed over" : "resolved";
    throw broken("the callback's result is lost, though the lock was not");
  }
  const told = "error" in settled ? (settled.error as { name?: string; result?: unknown }) : {};
  if (told.name === "LockLostError" && told.result === result) return "rejected, for the lock was lost";
  throw broken("the lock was lost, and nobody is told");
}

function wasLost({ holding, isUnlocked, isOver }: Ending): boolean {
  const { losses, released } = holding.watch;
  if (losses > 0 || (released !== undefined && released !== "released")) return true;
  // Nodes that had it to the end say more than a clock, to who asked them.
  return isOver && !(isUnlocked && released === "released");
}

function broken(what: string): Violation {
  return new Violation("using says what became of it", what);
}

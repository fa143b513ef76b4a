import type { Caller } from "./caller.ts";
import type { Holding } from "./holdings.ts";
import type { Terms } from "./terms.ts";
import type { Watch } from "./watch.ts";

/** Asks for a lock, once or until it is given. Reports what came of it. */
export async function obtain(caller: Caller, terms: Terms, watch: Watch): Promise<Holding | undefined> {
  const { process, random, simulation } = caller;
  const { lines, plan, tokenOrder } = simulation;
  const mutex = caller.mutex(terms, watch);
  const signal = terms.isPlain ? undefined : caller.signal();
  const timeout = terms.isPlain ? undefined : caller.timeout();
  const isTry = random.chance(plan.behaviour.tryLock);
  const what = isTry ? "tryLock()" : "lock()";
  const { least } = tokenOrder;
  const began = process.clock.monotonic();
  simulation.asking.add(caller);
  const [name] = terms.names;
  const mayWait =
    !isTry &&
    plan.options.tries > 1 &&
    terms.names.length === 1 &&
    (terms.isFair || plan.kind === "queues") &&
    !plan.onWorkers;
  if (mayWait && name !== undefined)
    watch.waiter = lines.begin(
      process,
      name,
      caller.pauseOf(terms),
      terms.isFair && plan.listening[process.index] === true,
      terms.isFair,
    );
  const call = isTry
    ? mutex.tryLock({ ...(signal && { signal }) })
    : mutex.lock({ ...(signal && { signal }), ...(timeout !== undefined && { timeout }) });
  const lock = await caller.outcome(what, call, signal, watch.values);
  simulation.asking.delete(caller);
  if (watch.waiter) {
    lines.end(watch.waiter);
    simulation.report({ what: "left the line", waiter: watch.waiter, isGiven: Boolean(lock) });
  }
  if (!isTry && timeout !== undefined) caller.took(process, what, began, timeout);
  for (const value of watch.values) if (value !== lock?.value) simulation.cleanup.finished(process, value);
  if (!lock) simulation.report({ what: "not given", call: what, isLimited: timeout !== undefined });
  if (lock === null) simulation.coverage.count("tryLock() null");
  return lock ? caller.given(what, lock, watch, least) : undefined;
}

import type { Lease } from "./lease.ts";
import type { LockSpec } from "./lock-spec.ts";

/**
 * Extends a lock whenever a third of its expiry has passed, until it is lost or this is stopped. If that fails it tries again,
 * at first soon, as long as the lock is valid. Its timer does not keep the process alive. Returns what stops it.
 */
export function autoExtend(
  lease: Pick<Lease, "age" | "validFor" | "loss">,
  { context: { wakeUps }, settings }: RenewalSpec,
  extend: () => Promise<void>,
): () => void {
  const { expiry, timeout, validity } = settings;
  // A large drift leaves little of the expiry.
  const period = Math.min(expiry / 3, validity / 2);
  const firstPause = period / 16;
  let pause = firstPause;
  let stopWaiting = (): void => {};
  let isStopped = false;

  const wait = (ms: number) => {
    if (isStopped) return;
    // No attempt is put off to the end itself, while there is time for one before it.
    const left = lease.validFor;
    const latest = left > timeout ? left / 2 : left;
    stopWaiting = wakeUps.set(run, Math.max(1, Math.min(ms, latest)));
  };
  const run = async () => {
    const rest = period - lease.age;
    // Somebody extended it by hand.
    if (lease.validFor > 0 && rest >= 1) return wait(rest);
    try {
      await extend();
      pause = firstPause;
      wait(period - lease.age);
    } catch {
      // What happened was reported by the lock's signal and to `onEvent`.
      if (lease.loss !== undefined) return;
      wait(pause);
      pause *= 2;
    }
  };

  wait(period);
  return () => {
    isStopped = true;
    stopWaiting();
  };
}

/** What a renewal goes by. */
interface RenewalSpec {
  readonly context: Pick<LockSpec["context"], "wakeUps">;
  readonly settings: Pick<LockSpec["settings"], "expiry" | "timeout" | "validity">;
}

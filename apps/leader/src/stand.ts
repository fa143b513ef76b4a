import type { LockLostError, Redsync } from "@redsync/core";

/** One that may lead. */
export interface Candidate {
  readonly redsync: Redsync;
  /** What is led: of all who stand under this name, one leads. */
  readonly name: string;
  /** For how long nobody leads when the leader was killed, in ms. A leader that stays is not bound by it. */
  readonly expiry: number;
  /**
   * The leader's work, which goes on until the signal aborts: it has lost the lock, or is to stop. `assertLeads` throws if it is too late
   * for the next step, also if no timer could run; `term` is larger than that of every leader before.
   */
  lead(signal: AbortSignal, assertLeads: () => void, term: number): Promise<void>;
  /** Is told that it leads no longer, although nobody has stopped it. It stands again then. */
  onLoss?(error: LockLostError): void;
}

/**
 * Stands for leader until it is stopped, and leads whenever it is its turn. Rejects with what `lead` rejects with, unless its signal has
 * aborted; another one leads then.
 */
export async function stand(candidate: Candidate, stop: AbortSignal): Promise<void> {
  const { redsync, name, expiry, lead, onLoss } = candidate;
  // It waits for as long as another one leads, and for as long as Redis is away.
  const mutex = redsync.mutex(name, {
    expiry,
    autoExtend: true,
    fencing: true,
    tries: Number.POSITIVE_INFINITY,
  });
  while (!stop.aborted) {
    // The end of the scope unlocks it, when the work has ended and not before: the next one leads at once.
    await using lock = await mutex.lock({ signal: stop }).catch((error: unknown) => {
      if (stop.aborted) return null;
      throw error;
    });
    if (lock === null) return;
    const lost = lock.signal;
    const signal = AbortSignal.any([lost, stop]);
    try {
      await lead(signal, lock.assertHeld, lock.token);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (lost.aborted && !stop.aborted) onLoss?.(lost.reason);
  }
}

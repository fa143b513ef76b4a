import { setTimeout as pause } from "node:timers/promises";
import { type Lock, LockTakenError, type Mutex } from "@redsync/core";

/** For how long a lock that is not waited for is tried while nobody has a quorum. */
const MAX_SPLIT_MS = 5_000;

/** Takes the lock, waiting for so many ms: Infinity for as long as it takes, 0 not at all. Rejects as `mutex.lock()` does. */
export function take(mutex: Mutex, nodes: number, patience: number, signal: AbortSignal): Promise<Lock> {
  if (patience === 0) return takeNow(mutex, nodes, signal);
  return mutex.lock({ signal, ...(patience !== Infinity && { timeout: patience }) });
}

/**
 * Takes the lock, or finds it taken. Machines that start at the same moment may split the nodes among themselves so that none has a quorum;
 * if each of them gave up then, the job would run nowhere. So a split is tried again.
 */
async function takeNow(mutex: Mutex, nodes: number, signal: AbortSignal): Promise<Lock> {
  const deadline = performance.now() + MAX_SPLIT_MS;
  for (;;) {
    try {
      return await mutex.lock({ signal, timeout: 0 });
    } catch (error) {
      const isSplit = error instanceof LockTakenError && !isHeldByOne(error, nodes);
      if (!isSplit || performance.now() > deadline) throw error;
    }
    await pause(20 + Math.random() * 130, undefined, { signal });
  }
}

/** Whether one holder may have a quorum. Those that do not say who they are count as one. */
function isHeldByOne({ outcomes }: LockTakenError, nodes: number): boolean {
  const owners = outcomes.flatMap((one) => (one.status === "taken" ? [one.owner ?? ""] : []));
  const most = Math.max(...owners.map((owner) => owners.filter((other) => other === owner).length));
  return most > nodes / 2;
}

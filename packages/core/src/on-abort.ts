/** The calls that wait for one signal, behind the one listener that it has. */
interface Waiters {
  readonly runs: Set<() => void>;
  readonly listener: () => void;
}

/**
 * One signal may end many calls, such as that of a process that shuts down. A listener for each call would make every other one
 * slower to add, because the runtime looks through the list, and Node 20 warns of a leak from the eleventh on.
 */
const waitersOf = new WeakMap<AbortSignal, Waiters>();

/** Calls `run` once if the signal aborts. Returns a function that stops waiting; it must be called in any case. */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  let waiters = waitersOf.get(signal);
  if (waiters === undefined) {
    const runs = new Set<() => void>();
    const listener = () => {
      for (const each of runs) each();
    };
    waiters = { runs, listener };
    waitersOf.set(signal, waiters);
    signal.addEventListener("abort", listener);
  }
  const { runs, listener } = waiters;
  runs.add(run);
  return () => {
    if (!runs.delete(run) || runs.size > 0) return;
    waitersOf.delete(signal);
    signal.removeEventListener("abort", listener);
  };
}

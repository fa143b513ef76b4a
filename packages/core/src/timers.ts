import type { Clock } from "./clock.ts";

/** Calls `run` once, `ms` after the present (monotonic) time, unless the function it returns is called first. */
export type After = (ms: number, run: () => void, present?: number) => () => void;

interface Entry {
  readonly due: number;
  /** Nothing once it has run, or need not run any more. */
  run: (() => void) | undefined;
}

/**
 * Timers of few distinct durations and many users, such as the deadlines of rounds. Entries of one duration fall due in
 * the order in which they came, so that they need one runtime timer between them, armed for the first.
 *
 * On Cloudflare Workers nothing may be shared between requests (a timer dies with its request): each has its own.
 */
export function timers(clock: Clock, keepAlive: boolean, isShared: boolean): After {
  const queues = new Map<number, After>();
  return (ms, run, present = clock.monotonic()) => {
    if (!isShared) {
      const timer = clock.setTimer(run, ms, keepAlive);
      return () => clock.clearTimer(timer);
    }
    const after = queues.get(ms) ?? queue(clock, keepAlive, () => queues.delete(ms));
    queues.set(ms, after);
    return after(ms, run, present);
  };
}

function queue(clock: Clock, keepAlive: boolean, onIdle: () => void): After {
  const entries: Entry[] = [];
  let timer: unknown;

  /** The first entry that is still to run. */
  const first = () => {
    while (entries[0] !== undefined && entries[0].run === undefined) entries.shift();
    return entries[0];
  };

  const fire = () => {
    // What runs may add entries: they are due after those that wait here, and the timer is armed for the first of all.
    const present = clock.monotonic();
    let next = first();
    for (; next !== undefined && next.due <= present; next = first()) {
      const { run } = next;
      next.run = undefined;
      run?.();
    }
    timer = undefined;
    // At least a millisecond: a runtime's timer may fire a fraction of one early, as Node's may.
    if (next === undefined) onIdle();
    else arm(Math.max(1, Math.ceil(next.due - clock.monotonic())));
  };

  const arm = (ms: number) => {
    timer = clock.setTimer(fire, ms, keepAlive);
  };

  return (ms, run, present = 0) => {
    const entry: Entry = { due: present + ms, run };
    entries.push(entry);
    if (timer === undefined) arm(ms);
    else if (entries.length === 1 && keepAlive) clock.keepAlive?.(timer, true);
    return () => {
      entry.run = undefined;
      if (timer === undefined || first() !== undefined) return;
      // An idle queue must not keep the process alive. Where the runtime can say so its timer stays for the next entry:
      // one lock after another would set and clear a timer each.
      if (clock.keepAlive?.(timer, false)) return;
      clock.clearTimer(timer);
      timer = undefined;
      onIdle();
    };
  };
}

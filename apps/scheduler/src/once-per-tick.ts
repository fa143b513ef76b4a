import type { Redsync } from "@redsync/core";
import { Cron } from "croner";

/** What an instance made of a tick. */
type Fate = "ran" | "taken" | "too late" | "failed";

/** A job that is scheduled on many instances, and runs on one of them. */
export interface Job {
  /** Tells the job from others; the locks' names begin with it. */
  readonly name: string;
  /** When it is due, as cron has it; with six fields, the first are seconds. */
  readonly pattern: string;
  /** By how much the instances' timers may differ, in ms: their clocks, and how late they fire. Default: 60 seconds. */
  readonly apart?: number;
  run(tick: Date): Promise<void>;
  /** Is told what became of each tick here. `error` is why it failed: the job's own, or Redis's. */
  onTick?(tick: Date, fate: Fate, error?: unknown): void;
}

/** A job that is scheduled here. */
export interface Schedule {
  /** When it is due next. */
  next(): Date | null;
  /** Lets no further tick begin, and resolves when those that run have ended. */
  stop(): Promise<void>;
}

/**
 * Schedules a job. Every tick has a lock of its own, which nobody unlocks: whoever comes later, when the job has long been
 * done, still finds it taken. A tick whose instance dies is lost, the next one is not: its lock is another one.
 */
export function schedule(redsync: Redsync, { name, pattern, apart = 60_000, run, onTick }: Job): Schedule {
  const running = new Set<Promise<void>>();
  const cron = new Cron(pattern, (cron) => {
    const ended = runTick(dueTick(cron)).finally(() => running.delete(ended));
    running.add(ended);
    return ended;
  });

  async function runTick(tick: Date): Promise<void> {
    const tell = (fate: Fate, error?: unknown) => onTick?.(tick, fate, error);
    // The lock may have expired by then, and the job be done.
    if (Date.now() - tick.getTime() > apart) return tell("too late");
    try {
      const lock = await redsync.mutex(`${name}:${tick.toISOString()}`, { expiry: 2 * apart }).tryLock();
      if (lock === null) return tell("taken");
      // It stays until its expiry: `redsync.close()` neither waits for it nor unlocks it.
      lock.handOver();
      await run(tick);
      tell("ran");
    } catch (error) {
      tell("failed", error);
    }
  }

  return {
    next: () => cron.nextRun(),
    async stop() {
      cron.stop();
      await Promise.allSettled(running);
    },
  };
}

/** The time that was scheduled, which is the same for all instances, whenever their timers fire. */
function dueTick(cron: Cron): Date {
  const fired = cron.currentRun() ?? new Date();
  // Strictly before: a timer may fire on the very millisecond.
  const [tick = fired] = cron.previousRuns(1, new Date(fired.getTime() + 1));
  return tick;
}

import type { Clock } from "./clock.ts";

/** Those that are woken in the same millisecond. */
interface Group {
  readonly runs: Set<() => void>;
  readonly timer: unknown;
}

/**
 * Timers by which locks of one `Redsync` renew themselves, and ask a node again. What falls due in the same millisecond shares one, so
 * that it runs in one turn of the event loop, and is one command for each node: between two timers a runtime sends what the first one
 * asked. They do not keep the process alive.
 */
export class WakeUps {
  readonly #clock: Clock;
  readonly #isShared: boolean;
  readonly #groups = new Map<number, Group>();

  /** On Workers a timer of one request dies with it: nothing is shared there. */
  constructor(clock: Clock, isShared: boolean) {
    this.#clock = clock;
    this.#isShared = isShared;
  }

  /** Calls `run` once, when `ms` are over by half a millisecond more or less. Returns what prevents that. */
  set(run: () => void, ms: number): () => void {
    const present = this.#clock.monotonic();
    const due = Math.round(present + ms);
    const group = this.#groups.get(due) ?? this.#begin(due, Math.max(0, due - present));
    group.runs.add(run);
    return () => {
      if (group.runs.delete(run) && group.runs.size === 0) this.#end(due, group);
    };
  }

  #begin(due: number, ms: number): Group {
    const runs = new Set<() => void>();
    const wake = () => {
      this.#end(due, group);
      for (const run of runs) run();
    };
    const group = { runs, timer: this.#clock.setTimer(wake, ms, false) };
    if (this.#isShared) this.#groups.set(due, group);
    return group;
  }

  #end(due: number, group: Group): void {
    this.#clock.clearTimer(group.timer);
    if (this.#groups.get(due) === group) this.#groups.delete(due);
  }
}

import type { Redsync } from "@redsync/core";
import type { Clock } from "../../core/src/clock.ts";
import type { Connection } from "./connection.ts";
import type { ScheduledEvent, Scheduler } from "./scheduler.ts";

/** How fast a process' clocks run, against true time, and by how many milliseconds its wall clock is off. */
export interface Rates {
  readonly monotonic: number;
  readonly wall: number;
  readonly off: number;
}

interface Timer {
  readonly ms: number;
  readonly due: number;
  readonly run: () => void;
  event: ScheduledEvent | undefined;
}

/** What a process has of core, and by which ways it reaches the servers. */
interface Installed {
  readonly redsync: Redsync;
  readonly connections: readonly Connection[];
}

/** What wall clocks show when a simulation begins. */
export const EPOCH = 1_800_000_000_000;

/** A process with clocks of its own, which may be paused, suspended together with its monotonic clock, or crash. */
export class Process {
  readonly index: number;
  readonly clock: Clock;
  readonly timers = new Set<Timer>();
  readonly redsync: Redsync;
  readonly connections: readonly Connection[];
  /** Aborts for the moment right after an unlock. Each says whether there was still a call to abort. */
  readonly abortsAtUnlock: (() => boolean)[] = [];

  /** Aborts the call that has waited for longest among those that are to be aborted so. */
  abortAtUnlock(): void {
    for (let abort = this.abortsAtUnlock.shift(); abort && !abort(); ) abort = this.abortsAtUnlock.shift();
  }

  isCrashed = false;
  /** Its clocks and its timers were out of step once. */
  isDisturbed = false;
  readonly #scheduler: Scheduler;
  readonly #rates: Rates;
  #waiting: (() => void)[] | undefined;
  #suspendedAt: number | undefined;
  #slept = 0;
  #stepped = 0;

  constructor(index: number, scheduler: Scheduler, rates: Rates, install: (process: Process) => Installed) {
    this.index = index;
    this.#scheduler = scheduler;
    this.#rates = rates;
    this.clock = {
      monotonic: () => ((this.#suspendedAt ?? scheduler.now) - this.#slept) * rates.monotonic,
      wall: () => Math.floor(EPOCH + rates.off + this.#stepped + scheduler.now * rates.wall),
      setTimer: (run, ms) => this.#setTimer(run, ms),
      clearTimer: (timer) => this.#clearTimer(timer as Timer | undefined),
    };
    const { redsync, connections } = install(this);
    this.redsync = redsync;
    this.connections = connections;
  }

  get isStopped(): boolean {
    return this.#waiting !== undefined;
  }

  /** Runs the task now, or when the process goes on; never once it has crashed. */
  run(task: () => void): void {
    if (this.isCrashed) return;
    if (this.#waiting === undefined) task();
    else this.#waiting.push(task);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#scheduler.after(ms, () => this.run(resolve));
    });
  }

  /** True milliseconds until the monotonic clock has gone on by `ms`. */
  trueTime(ms: number): number {
    return ms / this.#rates.monotonic;
  }

  /** Stops the process (SIGSTOP, a blocked loop), and with `suspends` its monotonic clock, for some true time. */
  pause(ms: number, suspends: boolean): void {
    if (this.#waiting !== undefined || this.isCrashed) return;
    this.isDisturbed = true;
    const waiting: (() => void)[] = [];
    this.#waiting = waiting;
    if (suspends) this.#suspendedAt = this.#scheduler.now;
    this.#scheduler.after(ms, () => {
      if (this.#suspendedAt !== undefined) this.#slept += this.#scheduler.now - this.#suspendedAt;
      this.#suspendedAt = undefined;
      this.#waiting = undefined;
      for (const task of waiting) this.#scheduler.after(0, () => this.run(task));
    });
  }

  /** Somebody sets the wall clock. */
  stepWall(ms: number): void {
    this.isDisturbed = true;
    this.#stepped += ms;
  }

  /** `serversNoticeAfter`: until then they take it for somebody who listens. */
  crash(serversNoticeAfter = 0): void {
    this.isCrashed = true;
    this.#scheduler.after(serversNoticeAfter, () => {
      for (const connection of this.connections) connection.subscriptions.end();
    });
    for (const timer of this.timers) timer.event?.cancel();
    this.timers.clear();
  }

  #setTimer(run: () => void, ms: number): Timer {
    // As in Node, a timer of 0 ms is one of 1 ms.
    const timer: Timer = { ms, due: this.clock.monotonic() + Math.max(1, ms), run, event: undefined };
    this.timers.add(timer);
    this.#arm(timer);
    return timer;
  }

  #arm(timer: Timer): void {
    const ms = this.trueTime(Math.max(0, timer.due - this.clock.monotonic()));
    timer.event = this.#scheduler.after(ms, () => this.run(() => this.#fire(timer)));
  }

  #fire(timer: Timer): void {
    if (!this.timers.has(timer)) return;
    // The clock that timers go by stood still meanwhile. (A sum of fractions may fall short by a hair.)
    if (timer.due - this.clock.monotonic() > 0.001) return this.#arm(timer);
    this.timers.delete(timer);
    timer.run();
  }

  #clearTimer(timer: Timer | undefined): void {
    if (timer === undefined) return;
    timer.event?.cancel();
    this.timers.delete(timer);
  }
}

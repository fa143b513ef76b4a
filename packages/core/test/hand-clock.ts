import type { Clock } from "../src/clock.ts";

/** A timer as it was set. */
interface Timer {
  readonly due: number;
  keepAlive: boolean;
  readonly run: () => void;
}

/** A clock that stands until it is told to go on. */
export class HandClock implements Clock {
  /** The time on both clocks. */
  time = 1_000;
  readonly timers: Set<Timer> = new Set();
  /** Is called before each timer runs, and when none is due. */
  onTurn: (() => void) | undefined;

  monotonic(): number {
    return this.time;
  }

  wall(): number {
    return this.time;
  }

  setTimer(run: () => void, ms: number, keepAlive: boolean): Timer {
    const timer = { due: this.time + ms, keepAlive, run };
    this.timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.timers.delete(timer as Timer);
  }

  /** As those of Node, Deno and Bun: a timer that is set may let the process end. */
  setKeepAlive?(timer: unknown, keepAlive: boolean): boolean;

  /** Goes on by so many milliseconds, and runs what falls due until then. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      // What was done leads to more, by promises.
      await new Promise((resolve) => setImmediate(resolve));
      this.onTurn?.();
      const [next] = [...this.timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.timers.delete(next);
      // What is overdue runs late, after a stall.
      this.time = Math.max(this.time, next.due);
      next.run();
    }
    this.time = Math.max(this.time, end);
  }
}

/** The same with timers that can be told to keep the process alive, or not, while they are set. */
export class HandClockOfNode extends HandClock {
  override setKeepAlive(timer: unknown, keepAlive: boolean): boolean {
    if (!this.timers.has(timer as Timer)) throw new Error("no such timer");
    (timer as Timer).keepAlive = keepAlive;
    return true;
  }
}

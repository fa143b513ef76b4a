import type { Process } from "./process.ts";
import type { Report } from "./report.ts";

/** What must come to an end: calls, values, and all that a process has under way. */
export class Cleanup {
  readonly #calls = new Map<Promise<unknown>, PendingCall>();
  readonly #finished = new Map<string, Process>();
  readonly #settling = new Set<Process>();
  readonly #report: (report: Report) => void;

  constructor(report: (report: Report) => void) {
    this.#report = report;
  }

  /** Calls that have not settled, except those of processes that crashed. */
  get pending(): PendingCall[] {
    return [...this.#calls.values()].filter(({ process }) => !process.isCrashed);
  }

  /** Values by which nobody holds anything any more, except those of processes that crashed. */
  get finishedValues(): string[] {
    return [...this.#finished].filter(([, process]) => !process.isCrashed).map(([value]) => value);
  }

  /** Remembers a promise that must settle, unless its process crashes. */
  track<T>(process: Process, call: string, promise: Promise<T>): Promise<T> {
    this.#calls.set(promise, { process, call });
    const done = () => this.#calls.delete(promise);
    promise.then(done, done);
    return promise;
  }

  /** The call that made this value is over, and holds nothing by it. */
  finished(process: Process, value: string): void {
    this.#finished.set(value, process);
  }

  /** Nobody uses this process any more: all that it still has to do must come to an end, and leave nothing. */
  settle(process: Process, isDeserted: () => boolean): void {
    if (this.#settling.has(process)) return;
    this.#settling.add(process);
    void this.track(process, "settled()", process.redsync.settled()).then(() => {
      if (isDeserted()) this.#report({ what: "settled", process });
      else this.#settling.delete(process);
    });
  }
}

interface PendingCall {
  readonly process: Process;
  readonly call: string;
}

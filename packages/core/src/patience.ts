import type { Clock } from "./clock.ts";
import type { LockOptions } from "./options.ts";

/** How long a call waits: until its signal aborts, or its timeout has passed. */
export class Patience {
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #isEndless: boolean;
  readonly #timer: unknown;
  #wake: (() => void) | undefined;
  timedOut = false;

  constructor(clock: Clock, { signal, timeout = 0 }: LockOptions) {
    signal?.throwIfAborted();
    this.#clock = clock;
    this.#signal = signal;
    this.#isEndless = signal === undefined && timeout === 0;
    signal?.addEventListener("abort", this.#interrupt);
    if (timeout === 0) return;
    const end = () => {
      this.timedOut = true;
      this.#interrupt();
    };
    this.#timer = clock.setTimer(end, timeout, true);
  }

  get isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  throwIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  /** Waits for `work`, or until patience ends: `undefined` then, unless the work was done in the same moment. */
  race<T>(work: Promise<T>): Promise<T | undefined> {
    if (this.#isEndless) return work;
    // Not Promise.race: a promise for the end of patience would keep a reaction of every attempt of an endless lock().
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      work.then(resolve, reject);
      if (this.timedOut || this.isAborted) this.#wake();
    });
  }

  /** Waits for `ms` and for `work`, or until patience ends. */
  async pause(ms: number, work: Promise<unknown>): Promise<void> {
    let timer: unknown;
    const slept = new Promise((resolve) => {
      timer = this.#clock.setTimer(() => resolve(work), ms, true);
    });
    await this.race(slept);
    this.#clock.clearTimer(timer);
  }

  /** Lets go of the signal and the timer. */
  end(): void {
    this.#signal?.removeEventListener("abort", this.#interrupt);
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
  }

  readonly #interrupt = (): void => this.#wake?.();
}

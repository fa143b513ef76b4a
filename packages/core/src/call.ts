import type { Clock } from "./clock.ts";
import type { Nodes } from "./nodes.ts";
import { checkOptions, type LockOptions, type WaitUntil } from "./options.ts";
import { OwnedWork, type Work } from "./work.ts";

/** A user's call: how long it waits, until its signal aborts or its timeout has passed, and what it has under way. */
export class Call {
  /** What may outlive the call. */
  readonly work: Work;
  /** Who takes that over. */
  readonly waitUntil: WaitUntil | undefined;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #owned: OwnedWork | undefined;
  readonly #timer: unknown;
  #wake: (() => void) | undefined;
  timedOut = false;

  constructor(
    { clock, ledger }: Nodes,
    owner: WaitUntil | undefined,
    { signal, timeout = 0, waitUntil = owner }: LockOptions,
  ) {
    signal?.throwIfAborted();
    this.#clock = clock;
    this.#signal = signal;
    this.waitUntil = waitUntil;
    this.#owned = waitUntil && new OwnedWork(ledger, waitUntil);
    this.work = this.#owned ?? ledger;
    signal?.addEventListener("abort", this.#interrupt);
    if (timeout > 0) {
      const end = () => {
        this.timedOut = true;
        this.#interrupt();
      };
      this.#timer = clock.setTimer(end, timeout, true);
    }
  }

  get isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  throwIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  /** Waits for `work`, or until patience ends: `undefined` then, unless the work was done in the same moment. */
  race<T>(work: Promise<T>): Promise<T | undefined> {
    if (this.#signal === undefined && this.#timer === undefined) return work;
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

  /** Lets go of the signal and the timer, and hands over what goes on. */
  end(): void {
    this.#signal?.removeEventListener("abort", this.#interrupt);
    this.#clock.clearTimer(this.#timer);
    this.#owned?.handOver();
  }

  readonly #interrupt = (): void => this.#wake?.();
}

/** Checks the options of a call, and runs it; `owner` takes over what goes on, where the options name nobody. */
export async function during<T>(
  nodes: Nodes,
  options: LockOptions,
  known: readonly string[],
  owner: WaitUntil | undefined,
  run: (call: Call) => Promise<T>,
): Promise<T> {
  checkOptions(options, known);
  const call = new Call(nodes, owner, options);
  try {
    return await run(call);
  } finally {
    call.end();
  }
}

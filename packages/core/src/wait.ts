import type { Clock } from "./clock.ts";

/**
 * How long one call waits: until its signal aborts or its timeout has passed. One that has neither is `Wait.unbounded`, which all such
 * calls share.
 */
export class Wait {
  static readonly unbounded: Wait = new Wait();

  timedOut = false;
  readonly #clock: Clock | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #stopListening: (() => void) | undefined;
  readonly #timer: unknown;
  #onEnd: (() => void) | undefined;

  private constructor(clock?: Clock, signal?: AbortSignal, timeout = 0) {
    this.#clock = clock;
    this.#signal = signal;
    this.#stopListening = signal && onAbort(signal, () => this.#onEnd?.());
    if (timeout > 0)
      this.#timer = clock?.setTimer(
        () => {
          this.timedOut = true;
          this.#onEnd?.();
        },
        timeout,
        true,
      );
  }

  /** Throws the signal's reason if it has aborted. */
  static begin(clock: Clock, signal: AbortSignal | undefined, timeout: number | undefined): Wait {
    signal?.throwIfAborted();
    return signal || timeout ? new Wait(clock, signal, timeout) : Wait.unbounded;
  }

  get isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  throwIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  /** Has `run` called when the call is aborted or times out, also if that has happened. Only the last `run` is called. */
  onEnd(run: () => void): void {
    if (this === Wait.unbounded) return;
    this.#onEnd = run;
    if (this.timedOut || this.isAborted) run();
  }

  /** Waits for `work`, or until the call is aborted or times out: `undefined` then, unless the work was done in the same moment. */
  orEnd<T>(work: Promise<T>): Promise<T | undefined> {
    if (this === Wait.unbounded) return work;
    // Not Promise.race: a promise for the end would keep a reaction of every attempt of an endless lock().
    return new Promise((resolve, reject) => {
      work.then(resolve, reject);
      this.onEnd(() => resolve(undefined));
    });
  }

  /** Waits for `ms` and for `work`, or until the call is aborted or times out, or what `onInterrupt` is given is called. */
  async sleep(
    clock: Clock,
    ms: number,
    work: Promise<unknown> | undefined,
    onInterrupt: (run: () => void) => () => void,
  ): Promise<void> {
    let timer: unknown;
    let stop = () => {};
    const slept = new Promise<unknown>((resolve) => {
      timer = clock.setTimer(() => resolve(work), ms, true);
      stop = onInterrupt(() => resolve(undefined));
    });
    await this.orEnd(slept);
    clock.clearTimer(timer);
    stop();
  }

  /** Removes the abort listener and the timer. */
  end(): void {
    this.#stopListening?.();
    if (this.#timer !== undefined) this.#clock?.clearTimer(this.#timer);
  }
}

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
function onAbort(signal: AbortSignal, run: () => void): () => void {
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

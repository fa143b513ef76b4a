import { survive } from "./events.ts";
import type { Nodes } from "./nodes.ts";
import { onAbort } from "./on-abort.ts";
import { checkOptions, type LockOptions, type WaitUntil } from "./options.ts";
import type { Round } from "./round.ts";

/**
 * A user's call: how long it waits, until its signal aborts or its timeout has passed, and what goes on for it, which may outlive
 * it: late replies, undos, deletes on slow nodes.
 */
export class Call {
  /** Who takes that over then. */
  readonly waitUntil: WaitUntil | undefined;
  timedOut = false;
  /** A framework's own error, with which the call has to end. */
  #failure: { readonly error: unknown } | undefined;
  readonly #nodes: Nodes;
  readonly #signal: AbortSignal | undefined;
  readonly #stopListening: (() => void) | undefined;
  readonly #timer: unknown;
  #wake: (() => void) | undefined;
  #open = 0;
  #idle: (() => void) | undefined;

  constructor(
    nodes: Nodes,
    owner: WaitUntil | undefined,
    { signal, timeout = 0, waitUntil = owner }: LockOptions,
  ) {
    signal?.throwIfAborted();
    this.#nodes = nodes;
    this.#signal = signal;
    this.waitUntil = waitUntil;
    this.#stopListening = signal && onAbort(signal, this.#interrupt);
    if (timeout > 0) {
      const end = () => {
        this.timedOut = true;
        this.#interrupt();
      };
      this.#timer = nodes.clock.setTimer(end, timeout, true);
    }
  }

  get isAborted(): boolean {
    return this.#failure !== undefined || this.#signal?.aborted === true;
  }

  throwIfAborted(): void {
    if (this.#failure) throw this.#failure.error;
    this.#signal?.throwIfAborted();
  }

  /** Ends the waiting with this very error, as an abort does with the signal's reason. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#interrupt();
  }

  /** Waits for the verdict of a round, which comes at once when patience ends. */
  judge(round: Round): Promise<void> {
    this.#untilEnd(() => round.close());
    return round.judged;
  }

  /** Waits for `work`, or until patience ends: `undefined` then, unless the work was done in the same moment. */
  race<T>(work: Promise<T>): Promise<T | undefined> {
    if (this.#signal === undefined && this.#timer === undefined) return work;
    // Not Promise.race: a promise for the end of patience would keep a reaction of every attempt of an endless lock().
    return new Promise((resolve, reject) => {
      work.then(resolve, reject);
      this.#untilEnd(() => resolve(undefined));
    });
  }

  /** Waits for `ms` and for `work`, or until patience ends. */
  async pause(ms: number, work: Promise<unknown>): Promise<void> {
    let timer: unknown;
    const slept = new Promise((resolve) => {
      timer = this.#nodes.clock.setTimer(() => resolve(work), ms, true);
    });
    await this.race(slept);
    this.#nodes.clock.clearTimer(timer);
  }

  /** As the ledger's: something begins that may outlive the call. */
  begin(endsBy: number): () => void {
    const end = this.#nodes.ledger.begin(endsBy);
    this.#open++;
    return () => {
      end();
      if (--this.#open === 0) this.#idle?.();
    };
  }

  /** Lets go of the signal and the timer, and hands over what goes on; where nobody takes it, as the runtime lets it. */
  end(): void {
    const { waitUntil } = this;
    this.#stopListening?.();
    this.#nodes.clock.clearTimer(this.#timer);
    if (waitUntil === undefined || this.#open === 0) return;
    const work = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    survive(() => waitUntil(work));
  }

  /** Has this called when patience ends, be it by now. */
  #untilEnd(wake: () => void): void {
    this.#wake = wake;
    if (this.timedOut || this.isAborted) wake();
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

import { MAX_MS } from "./check.ts";
import type { Clock } from "./clock.ts";
import { ClosedError } from "./errors.ts";

/** How many locks may be remembered before those that have expired are looked for. */
const REMEMBERED = 64;

/** A lock that is held, as far as this goes. */
export interface Held {
  readonly lease: {
    /** Milliseconds of validity left, by the clock. */
    readonly validFor: number;
    /** Milliseconds since it was asked for. */
    readonly heldFor: number;
  };
  /** Ends it: its signal aborts, and it is unlocked. */
  close(): Promise<unknown>;
}

/** Whether a `Redsync` is open; what waits in it, and what is held. On Workers nothing of another request is known. */
export class Lifetime {
  readonly #clock: Clock;
  readonly #isShared: boolean;
  readonly #waiting = new Set<() => void>();
  readonly #held = new Set<Held>();
  /** Which lock has a name: the last one, if the nodes forgot one that is still valid by the clock. */
  readonly #holders = new Map<string, Held>();
  #remembered = REMEMBERED;
  #closing: Promise<void> | undefined;
  /** Locks are not waited for any more, but ended. */
  #isEnding = false;
  /** By which monotonic time locks are waited for. */
  #deadline = Infinity;
  #onChange: (() => void) | undefined;

  constructor(clock: Clock, isShared: boolean) {
    this.#clock = clock;
    this.#isShared = isShared;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  throwIfClosed(): void {
    if (this.isClosed) throw new ClosedError();
  }

  /** Has `run` called when it is closed. Returns what prevents that. */
  onClose(run: () => void): () => void {
    if (!this.#isShared) return () => {};
    this.#waiting.add(run);
    return () => this.#waiting.delete(run);
  }

  /** Waits for `work`, but not beyond the moment when it is closed. */
  orClosed<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = this.onClose(() => reject(new ClosedError()));
      work.then(resolve, reject).finally(stop);
    });
  }

  /** For how many milliseconds a lock of this process has had the name; undefined if none has it. */
  heldFor(name: string): number | undefined {
    const lease = this.#holders.get(name)?.lease;
    return lease && lease.validFor > 0 ? lease.heldFor : undefined;
  }

  /** Remembers a lock of these names until it is forgotten, or has expired: a user may never unlock it. */
  hold(names: readonly string[], held: Held): void {
    if (!this.#isShared) return;
    this.#held.add(held);
    for (const name of names) this.#holders.set(name, held);
    if (this.#isEnding) void held.close();
    if (this.#held.size <= this.#remembered) return;
    this.#prune();
    this.#remembered = Math.max(REMEMBERED, 2 * this.#held.size);
  }

  forget(names: readonly string[], held: Held): void {
    this.#held.delete(held);
    for (const name of names) if (this.#holders.get(name) === held) this.#holders.delete(name);
    this.#onChange?.();
  }

  /**
   * Lets nobody lock any more, waits up to `timeout` until nothing is held, ends what is held then, and waits until nothing is under way. A
   * second call may shorten that.
   */
  close(timeout: number, expiry: number, settled: () => Promise<unknown>): Promise<void> {
    this.#deadline = Math.min(this.#deadline, this.#clock.monotonic() + timeout);
    this.#onChange?.();
    this.#closing ??= this.#close(expiry, settled);
    return this.#closing;
  }

  async #close(expiry: number, settled: () => Promise<unknown>): Promise<void> {
    // What waits looks whether it is closed, which is known when this has returned.
    await Promise.resolve();
    for (const end of [...this.#waiting]) end();
    // They leave the queues in this turn of the event loop, which is work under way then.
    await new Promise<void>((resolve) => this.#clock.setTimer(resolve, 0, true));
    for (let left = this.#left(); left > 0; left = this.#left()) await this.#changed(left);
    this.#isEnding = true;
    await Promise.all([...this.#held].map((held) => held.close()));
    // No change, such as another unlock, ends this wait.
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimer(resolve, Math.min(2 * expiry, MAX_MS), true);
    });
    await Promise.race([settled(), late]);
    this.#clock.clearTimer(timer);
  }

  /** For how long it waits for the locks that are held. */
  #left(): number {
    this.#prune();
    let longest = 0;
    for (const { lease } of this.#held) longest = Math.max(longest, lease.validFor);
    return Math.min(longest, this.#deadline - this.#clock.monotonic());
  }

  /** Waits for so long at most, or until a lock is over. */
  #changed(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(resolve, ms, true);
      this.#onChange = () => {
        this.#clock.clearTimer(timer);
        resolve();
      };
    });
  }

  #prune(): void {
    for (const held of this.#held) if (held.lease.validFor <= 0) this.#held.delete(held);
    for (const [name, held] of this.#holders) if (!this.#held.has(held)) this.#holders.delete(name);
  }
}

import { getEventListeners } from "node:events";
import { isRedsyncError, type Lock, type Mutex, type MutexOptions } from "@redsync/core";
import { describe } from "./describe.ts";
import type { Holding } from "./holdings.ts";
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Settled } from "./settled.ts";
import type { Simulation } from "./simulation.ts";
import type { Terms } from "./terms.ts";
import { Watch } from "./watch.ts";

/** How many rounds a call on a lock may take: an unlock waits for extensions in flight first. */
const rounds = new Map([
  ["extend()", 1],
  ["verify()", 1],
  ["unlock()", 2],
  ["dispose", 2],
]);

const NONE: ReadonlySet<string> = new Set();

/** Somebody who calls core, from one process or another, and reports what the calls come to. */
export class Caller {
  readonly simulation: Simulation;
  readonly random: Random;
  process: Process;
  readonly #waiting = new Set<AbortSignal>();

  constructor(simulation: Simulation, process: Process, random: Random) {
    this.simulation = simulation;
    this.process = process;
    this.random = random;
  }

  watch({ renews }: Pick<Terms, "renews">): Watch {
    return new Watch(this.simulation, this.process, renews);
  }

  mutex(terms: Terms, watch: Watch): Mutex {
    const { names, renews, isFenced, isShort } = terms;
    const { random, simulation } = this;
    // The process of now: a lock that is handed over leaves its work behind.
    const { process } = this;
    const { expiry, timeoutFactor } = simulation.plan.options;
    const options: MutexOptions = {
      ...simulation.plan.options,
      // Rounds take as long.
      ...(isShort && { expiry: expiry / 2, timeoutFactor: 2 * timeoutFactor }),
      autoExtend: renews,
      fencing: isFenced,
      fair: terms.isFair,
      retryDelay: () => {
        watch.waiter?.pauses();
        return terms.pause ?? random.between(0, this.patience() / 2);
      },
      ...(!simulation.plan.valuesOfCore && { generateValue: () => this.#value(watch, terms.isFair) }),
      onEvent: watch.hear,
      waitUntil: (work) => void simulation.cleanup.track(process, "waitUntil", work),
    };
    const [name] = names;
    return this.process.redsync.mutex(names.length === 1 && name !== undefined ? name : names, options);
  }

  #value(watch: Watch, isFair: boolean): string {
    const { simulation } = this;
    const { callOf, nextValue } = simulation;
    // Of an owner, as core makes them: nodes tell those who wait that its unlock will call them.
    const value = simulation.plan.kind === "queues" && isFair ? `@/${nextValue()}` : nextValue();
    watch.values.add(value);
    callOf.set(value, watch);
    return value;
  }

  /** How long a call pauses between two tries, at most. */
  pauseOf({ pause }: Terms): number {
    return pause ?? this.patience() / 2;
  }

  /** A lock was given, by a call that began when tokens had to be at least so large. */
  given(call: string, lock: Lock, watch: Watch, least: number): Holding {
    const { simulation, process } = this;
    const { coverage } = simulation;
    coverage.count("granted");
    if (lock.names.length > 1)
      coverage.count(isSorted(lock.names) ? "names granted" : "names granted in another order");
    const grants = simulation.tokenOrder.given(lock, least);
    simulation.report({ what: "given", call, lock, process, grants });
    watch.given(lock);
    const holding = { lock, process, watch, values: watch.values };
    simulation.holdings.add(holding);
    return holding;
  }

  /** What a call came to. A signal that was aborted must end it. */
  async settle<T>(what: string, call: Promise<T>, signal: AbortSignal | undefined): Promise<Settled<T>> {
    const { process } = this;
    const began = process.clock.monotonic();
    if (signal) this.#waiting.add(signal);
    this.simulation.log(() => `process ${process.index}: ${what} begins`);
    try {
      const result = await this.simulation.cleanup.track(process, what, call);
      this.simulation.log(() => `process ${process.index}: ${what} → ${describe(result)}`);
      return { result };
    } catch (error) {
      this.simulation.log(() => `process ${process.index}: ${what} rejects with ${describe(error)}`);
      return { error };
    } finally {
      this.leaves(what, signal);
      const most = rounds.get(what);
      if (most !== undefined) this.took(process, what, began, most * this.simulation.timeout);
    }
  }

  /** The call does not wait any more: it has let go of the signal. */
  leaves(what: string, signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    this.#waiting.delete(signal);
    const listeners = getEventListeners(signal, "abort").length;
    this.simulation.report({ what: "stopped waiting", call: what, listeners });
  }

  /** The result, or undefined if the call failed. */
  async outcome<T>(
    what: string,
    call: Promise<T>,
    signal?: AbortSignal,
    values?: ReadonlySet<string>,
  ): Promise<T | undefined> {
    const settled = await this.settle(what, call, signal);
    if ("result" in settled) return settled.result;
    this.failed(what, settled.error, signal, values);
    return undefined;
  }

  /** The call rejected. */
  failed(
    call: string,
    error: unknown,
    signal: AbortSignal | undefined,
    values: ReadonlySet<string> = NONE,
  ): void {
    const { process } = this;
    const isAbort = signal?.aborted === true && error === signal.reason;
    this.simulation.report({ what: "failed", call, process, error, isAbort, values });
    if (isAbort) this.simulation.coverage.count(`${call} aborted`);
    else if (isRedsyncError(error)) this.simulation.coverage.count(`${call} ${error.name}`);
  }

  /** A call is over that began then, by the process' monotonic clock, and may take so many milliseconds. */
  took(process: Process, call: string, began: number, most: number): void {
    const ms = process.clock.monotonic() - began;
    this.simulation.report({ what: "took", call, process, ms, most });
  }

  signal(): AbortSignal | undefined {
    const { random, simulation } = this;
    if (!random.chance(simulation.plan.behaviour.abort)) return undefined;
    const { process } = this;
    const controller = new AbortController();
    const abort = (): boolean => {
      // The call may be over: it let go of the signal.
      if (!this.#waiting.has(controller.signal)) return false;
      simulation.log(() => `process ${process.index}: an abort`);
      controller.abort(new Error("enough"));
      simulation.atEndOfStep(() => {
        simulation.report({ what: "aborted", stillWaits: this.#waiting.has(controller.signal) });
      });
      return true;
    };
    // The worst moment for somebody in line is when it has just been called.
    if (["lines", "queues"].includes(simulation.plan.kind) && random.chance(0.8))
      process.abortsAtUnlock.push(abort);
    else
      simulation.scheduler.after(random.between(0, this.patience()), () => process.run(() => void abort()));
    return controller.signal;
  }

  timeout(): number | undefined {
    const { random, simulation } = this;
    return random.chance(simulation.plan.behaviour.timeout) ? random.between(0, this.patience()) : undefined;
  }

  sleep(ms: number): Promise<void> {
    return this.process.sleep(ms);
  }

  /** A part of a round, and rather a small one. */
  moment(): number {
    return this.random.between(0, 0.5 * this.simulation.timeout) * this.random.next();
  }

  /** About as long as a round takes, at any expiry. */
  patience(): number {
    return this.simulation.timeout * 2;
  }
}

function isSorted(names: readonly string[]): boolean {
  return names.every((name, at) => at === 0 || (names[at - 1] as string) < name);
}

import { getEventListeners } from "node:events";
import { isRedsyncError, type Lock, type Mutex, type MutexOptions, type Redsync } from "@redsync/core";
import type { Holding } from "./holdings.ts";
import type { Machine } from "./machine.ts";
import type { Random } from "./random.ts";
import { Violation } from "./violation.ts";
import { Watch } from "./watch.ts";
import type { World } from "./world.ts";

const PRECISION_MS = 2;

/** A process with its Redsync: where a contender lives. */
export interface Home {
  readonly machine: Machine;
  readonly redsync: Redsync;
}

/** What somebody wants to lock, and how. */
export interface Terms {
  readonly names: readonly string[];
  readonly renews: boolean;
  readonly isFenced: boolean;
}

/** How many rounds a call on a lock may take: an unlock waits for extensions in flight first. */
const rounds = new Map([
  ["extend()", 1],
  ["verify()", 1],
  ["unlock()", 2],
  ["dispose", 2],
]);

/** What became of a call. */
export type Settled<T> = { readonly result: T } | { readonly error: unknown };

/** Somebody who calls core, from one process or another, and holds it to what every call promises. */
export class Caller {
  readonly world: World;
  readonly random: Random;
  home: Home;
  readonly #waiting = new Set<AbortSignal>();

  constructor(world: World, home: Home, random: Random) {
    this.world = world;
    this.home = home;
    this.random = random;
  }

  watch({ renews }: Pick<Terms, "renews">): Watch {
    return new Watch(this.world, this.home.machine, renews);
  }

  mutex({ names, renews, isFenced }: Terms, watch: Watch): Mutex {
    const { random, world } = this;
    // Not where the caller lives by then: a lock that is handed over leaves its work behind.
    const { machine } = this.home;
    const options: MutexOptions = {
      ...world.plan.options,
      autoExtend: renews,
      fencing: isFenced,
      retryDelay: () => random.between(0, this.patience() / 2),
      generateValue: () => {
        const value = world.nextValue();
        watch.values.add(value);
        return value;
      },
      onEvent: watch.hear,
      waitUntil: (work) => void world.track(machine, "waitUntil", work),
    };
    const [name] = names;
    return this.home.redsync.mutex(names.length === 1 && name !== undefined ? name : names, options);
  }

  /** A lock was given, by a call that began when tokens had to be at least so large. */
  given(what: string, lock: Lock, watch: Watch, least: number): Holding {
    const { world, home } = this;
    this.checkFresh(what, lock);
    world.saw("granted");
    if (lock.names.length > 1)
      world.saw(isSorted(lock.names) ? "names granted" : "names granted in another order");
    world.succession.given(lock, least);
    watch.given(lock);
    const holding = { lock, machine: home.machine, watch, values: watch.values };
    world.holdings.add(holding);
    return holding;
  }

  /** What a call came to. A signal that was aborted must end it. */
  async settle<T>(what: string, call: Promise<T>, signal: AbortSignal | undefined): Promise<Settled<T>> {
    const { machine } = this.home;
    const began = machine.clock.monotonic();
    if (signal) this.#waiting.add(signal);
    try {
      const result = await this.world.track(machine, what, call);
      this.world.log(() => `process ${machine.index}: ${what} → ${describe(result)}`);
      return { result };
    } catch (error) {
      this.world.log(() => `process ${machine.index}: ${what} rejects with ${describe(error)}`);
      return { error };
    } finally {
      this.leaves(what, signal);
      const most = rounds.get(what);
      if (most !== undefined) this.checkTime(machine, what, began, most * this.world.timeout);
    }
  }

  /** The call does not wait any more: it has let go of the signal. */
  leaves(what: string, signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    this.#waiting.delete(signal);
    if (getEventListeners(signal, "abort").length > 0)
      this.world.fail(new Violation("no listener left", `${what} still listens to its signal`));
  }

  /** The result, or undefined where the call failed in one of the ways that it may. */
  async outcome<T>(what: string, call: Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    const settled = await this.settle(what, call, signal);
    if ("result" in settled) return settled.result;
    this.checkError(what, settled.error, signal);
    return undefined;
  }

  checkError(what: string, error: unknown, signal: AbortSignal | undefined): void {
    const isAbort = signal?.aborted === true && error === signal.reason;
    if (!isAbort && !isRedsyncError(error)) throw new Violation("known errors", `${what}: ${String(error)}`);
    this.world.saw(isAbort ? `${what} aborted` : `${what} ${(error as Error).name}`);
  }

  /** A call that began then, by the monotonic clock, has taken no longer than it may. */
  checkTime({ clock, isDisturbed }: Machine, what: string, began: number, most: number): void {
    const ms = clock.monotonic() - began;
    if (isDisturbed || ms < most + PRECISION_MS) return;
    this.world.fail(new Violation("no longer than it may", `${what} took ${ms} ms, not ${most} ms`));
  }

  /** The clock is read after the replies. (A lock may be given in the last fraction of its last millisecond.) */
  checkFresh(what: string, lock: Lock): void {
    if (lock.remaining() > 0 || lock.until.getTime() >= this.home.machine.clock.wall()) return;
    throw new Violation("valid when given", `${what} gave ${lock.value} when its validity was over`);
  }

  signal(): AbortSignal | undefined {
    const { random, world } = this;
    if (!random.chance(world.plan.habits.abort)) return undefined;
    const { machine } = this.home;
    const controller = new AbortController();
    world.scheduler.after(random.between(0, this.patience()), () =>
      machine.run(() => {
        world.log(() => `process ${machine.index}: an abort`);
        controller.abort(new Error("enough"));
        world.atEndOfStep(() => {
          if (!this.#waiting.has(controller.signal)) return;
          throw new Violation("no longer than it may", "a call goes on after its signal was aborted");
        });
      }),
    );
    return controller.signal;
  }

  timeout(): number | undefined {
    const { random, world } = this;
    return random.chance(world.plan.habits.timeout) ? random.between(0, this.patience()) : undefined;
  }

  sleep(ms: number): Promise<void> {
    return this.home.machine.sleep(ms);
  }

  /** A part of a round, and rather a small one. */
  moment(): number {
    return this.random.between(0, 0.5 * this.world.timeout) * this.random.next();
  }

  /** About as long as a round takes, at any expiry. */
  patience(): number {
    return this.world.timeout * 2;
  }
}

function isSorted(names: readonly string[]): boolean {
  return names.every((name, at) => at === 0 || (names[at - 1] as string) < name);
}

function describe(result: unknown): string {
  if (result instanceof Error) return `${result.name}: ${result.message}`;
  if (typeof result !== "object" || result === null) return String(result);
  return "value" in result ? `the lock ${result.value}` : "something";
}

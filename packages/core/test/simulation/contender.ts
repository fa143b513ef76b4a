import { getEventListeners } from "node:events";
import { isRedsyncError, type Lock, type Mutex, type MutexOptions, type Redsync } from "../../src/index.ts";
import type { Holding } from "./holdings.ts";
import type { Machine } from "./machine.ts";
import type { Plan } from "./plan.ts";
import type { Random } from "./random.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

/** A process with its Redsync: where a contender lives. */
export interface Home {
  readonly machine: Machine;
  readonly redsync: Redsync;
}

/** Somebody who takes locks, holds them, and does with them what users do. */
export class Contender {
  readonly #world: World;
  readonly #random: Random;
  readonly #name: string;
  readonly #plan: Plan;
  #home: Home;
  readonly #waiting = new Set<AbortSignal>();
  #values = new Set<string>();
  isDone = false;

  constructor(world: World, home: Home, name: string, random: Random) {
    this.#world = world;
    this.#plan = world.plan;
    this.#home = home;
    this.#name = name;
    this.#random = random;
  }

  get home(): Home {
    return this.#home;
  }

  async live(): Promise<void> {
    const { expiry } = this.#plan.options;
    for (let round = 0; round < this.#plan.rounds; round++) {
      await this.#sleep(this.#random.between(0, 0.5 * expiry));
      const holding = await this.#obtain();
      if (holding !== undefined) await this.#hold(holding);
    }
    this.isDone = true;
  }

  async #obtain(): Promise<Holding | undefined> {
    const { habits } = this.#plan;
    const values = new Set<string>();
    this.#values = values;
    const mutex = this.#mutex();
    const signal = this.#signal();
    const timeout = this.#random.chance(habits.timeout)
      ? this.#random.between(0, this.#patience())
      : undefined;
    const isTry = this.#random.chance(habits.tryLock);
    const mustSucceed = this.#plan.kind === "calm" && !isTry && timeout === undefined;
    const call = isTry
      ? mutex.tryLock({ ...(signal && { signal }) })
      : mutex.lock({ ...(signal && { signal }), ...(timeout !== undefined && { timeout }) });
    const began = this.#home.machine.clock.monotonic();
    const lock = await this.#outcome(isTry ? "tryLock()" : "lock()", call, signal);
    if (!isTry && timeout !== undefined) this.#checkTimeout(timeout, began);
    for (const value of values) if (value !== lock?.value) this.#world.finished(this.#home.machine, value);
    if (mustSucceed && !lock)
      throw new Violation("calm nodes grant", "lock() failed with nothing in its way");
    if (lock === null) this.#world.saw("tryLock() null");
    if (!lock) return undefined;
    this.#checkFresh("lock()", lock);
    this.#world.saw("granted");
    const holding = { lock, machine: this.#home.machine, values };
    this.#world.holdings.add(holding);
    return holding;
  }

  async #hold(holding: Holding): Promise<void> {
    const { habits } = this.#plan;
    const { lock } = holding;
    const { extensions } = await this.#use(lock);
    if (this.#random.chance(habits.abandon)) return this.#world.saw("abandoned");
    if (this.#random.chance(habits.handOver)) {
      await extensions;
      if (lock.remaining() > 0) return this.#handOver(holding);
    }
    await this.#unlock(holding);
    this.#world.finished(holding.machine, lock.value);
  }

  async #unlock(holding: Holding): Promise<void> {
    const { lock } = holding;
    if (this.#random.chance(0.1)) {
      await this.#outcome("dispose", lock[Symbol.asyncDispose](), undefined);
    } else {
      const result = await this.#outcome("unlock()", lock.unlock(), undefined);
      this.#world.saw(`unlock() ${result ?? "failed"}`);
    }
    this.#world.holdings.drop(holding);
  }

  /** Resolves to what is still under way: an extension may be judged after the unlock has begun. */
  async #use(lock: Lock): Promise<{ readonly extensions: Promise<unknown> }> {
    const { habits } = this.#plan;
    const extensions: Promise<void>[] = [];
    await this.#linger();
    while (this.#random.chance(0.7 * habits.extend)) {
      if (this.#random.chance(habits.extendLate)) await this.#sleep(this.#shortOf(lock));
      const extension = this.#extend(lock);
      extensions.push(extension);
      if (this.#random.chance(habits.extendTwice)) await this.#sleep(this.#moment());
      else await extension;
      if (this.#random.chance(0.2)) await this.#verify(lock);
      if (this.#random.chance(0.7)) await this.#linger();
    }
    return { extensions: Promise.all(extensions) };
  }

  async #extend(lock: Lock): Promise<void> {
    const signal = this.#signal();
    const until = lock.until.getTime();
    const extension = lock.extend({ ...(signal && { signal }) }).then(() => true);
    const extended = await this.#outcome("extend()", extension, signal);
    if (!extended) return;
    this.#world.saw("extended");
    if (lock.until.getTime() > until) this.#checkFresh("extend()", lock);
  }

  async #verify(lock: Lock): Promise<void> {
    const verified = await this.#outcome(
      "verify()",
      lock.verify().then(() => true),
      undefined,
    );
    if (verified) this.#world.saw("verified");
  }

  /** The value moves to another process, and so does the rest of this life. */
  async #handOver(holding: Holding): Promise<void> {
    const { lock } = holding;
    lock.handOver();
    this.#world.holdings.drop(holding);
    this.#home = this.#random.pick(this.#world.homes);
    await this.#sleep(this.#moment());
    const adopted = await this.#adopt(lock.value);
    if (!adopted) return;
    this.#checkFresh("adopt()", adopted);
    this.#world.saw("adopted");
    const theirs = { lock: adopted, machine: this.#home.machine, values: holding.values };
    this.#world.holdings.add(theirs);
    await this.#use(adopted);
    await this.#unlock(theirs);
  }

  /** Where it is in doubt whether the value is still held, an heir asks once more. */
  #adopt(value: string): Promise<Lock | undefined> {
    const mutex = this.#mutex();
    const signal = this.#signal();
    const ask = () => mutex.adopt(value, { ...(signal && { signal }) });
    const adoption = ask().catch((error) => {
      if (error instanceof Error && error.name === "ExtendFailedError") return ask();
      throw error;
    });
    return this.#outcome("adopt()", adoption, signal);
  }

  /** What a call came to: its result, or undefined where it failed in one of the ways that it may. */
  async #outcome<T>(what: string, call: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
    const { machine } = this.#home;
    if (signal) this.#waiting.add(signal);
    try {
      const result = await this.#world.track(machine, what, call);
      this.#world.log(() => `process ${machine.index}: ${what} → ${describe(result)}`);
      return result;
    } catch (error) {
      this.#world.log(() => `process ${machine.index}: ${what} rejects with ${describe(error)}`);
      const isAbort = signal?.aborted && error === signal.reason;
      if (!isAbort && !isRedsyncError(error))
        throw new Violation("known errors", `${what}: ${String(error)}`);
      this.#world.saw(isAbort ? `${what} aborted` : `${what} ${(error as Error).name}`);
      return undefined;
    } finally {
      if (signal) this.#waiting.delete(signal);
      if (signal && getEventListeners(signal, "abort").length > 0)
        this.#world.fail(new Violation("no listener left", `${what} still listens to its signal`));
    }
  }

  /** The clock is read after the replies. (A lock may be given in the last fraction of its last millisecond.) */
  #checkFresh(what: string, lock: Lock): void {
    if (lock.remaining() > 0 || lock.until.getTime() >= this.#home.machine.clock.wall()) return;
    throw new Violation("valid when given", `${what} gave ${lock.value} when its validity was over`);
  }

  #checkTimeout(timeout: number, began: number): void {
    const { clock, isDisturbed } = this.#home.machine;
    const ms = clock.monotonic() - began;
    if (isDisturbed || ms < timeout + 2) return;
    throw new Violation("no longer than it may", `lock() took ${ms} ms, its timeout is ${timeout} ms`);
  }

  #mutex(): Mutex {
    const random = this.#random;
    const options: MutexOptions = {
      ...this.#plan.options,
      retryDelay: () => random.between(0, this.#patience() / 2),
      generateValue: () => this.#value(),
      waitUntil: (work) => void this.#world.track(this.#home.machine, "waitUntil", work),
    };
    return this.#home.redsync.mutex(this.#name, options);
  }

  #value(): string {
    const value = this.#world.nextValue();
    this.#values.add(value);
    return value;
  }

  #signal(): AbortSignal | undefined {
    if (!this.#random.chance(this.#plan.habits.abort)) return undefined;
    const { machine } = this.#home;
    const controller = new AbortController();
    this.#world.scheduler.after(this.#random.between(0, this.#patience()), () =>
      machine.run(() => {
        this.#world.log(() => `process ${machine.index}: an abort`);
        controller.abort(new Error("enough"));
        this.#world.atEndOfStep(() => {
          if (!this.#waiting.has(controller.signal)) return;
          throw new Violation("no longer than it may", "a call goes on after its signal was aborted");
        });
      }),
    );
    return controller.signal;
  }

  /** Sometimes for longer than the lock is valid. */
  #linger(): Promise<void> {
    const { expiry } = this.#plan.options;
    const overstays = this.#random.chance(this.#plan.habits.overstay);
    return this.#sleep(
      overstays ? this.#random.between(0.9, 2) * expiry : this.#random.between(0, 0.5) * expiry,
    );
  }

  /** A part of a round, and rather a small one. */
  #moment(): number {
    return this.#random.between(0, 0.5 * this.#world.timeout) * this.#random.next();
  }

  /** Until so shortly before a lock's end that the end may come before the verdict. */
  #shortOf(lock: Lock): number {
    return Math.max(0, lock.remaining() - this.#random.between(0, this.#world.timeout));
  }

  #sleep(ms: number): Promise<void> {
    return this.#home.machine.sleep(ms);
  }

  /** About as long as a round takes, at any expiry. */
  #patience(): number {
    return this.#world.timeout * 2;
  }
}

function describe(result: unknown): string {
  if (result instanceof Error) return `${result.name}: ${result.message}`;
  if (typeof result !== "object" || result === null) return String(result);
  return "value" in result ? `the lock ${result.value}` : "something";
}

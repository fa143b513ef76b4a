import type { Lock } from "@redsync/core";
import { Caller, type Home, type Terms } from "./caller.ts";
import type { Holding } from "./holdings.ts";
import type { Random } from "./random.ts";
import { scope } from "./scope.ts";
import { use } from "./usage.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

/** Somebody who takes locks, holds them, and does with them what users do. */
export class Contender {
  readonly #world: World;
  readonly #random: Random;
  readonly #caller: Caller;
  readonly #pool: readonly string[];
  isDone = false;

  /** `pool`: the names that he may want. */
  constructor(world: World, home: Home, pool: readonly string[], random: Random) {
    this.#world = world;
    this.#caller = new Caller(world, home, random);
    this.#pool = pool;
    this.#random = random;
  }

  get home(): Home {
    return this.#caller.home;
  }

  async live(): Promise<void> {
    const { rounds, habits, options } = this.#world.plan;
    for (let round = 0; round < rounds; round++) {
      await this.#caller.sleep(this.#random.between(0, habits.rest) * options.expiry);
      const terms = this.#terms();
      if (this.#random.chance(habits.using)) {
        const left = await scope(this.#caller, terms);
        if (left) await this.#inherit(left, terms);
      } else {
        const holding = await this.#obtain(terms);
        if (holding !== undefined) await this.#hold(holding, terms);
      }
    }
    this.isDone = true;
  }

  /** Some of the names, in any order. */
  #terms(): Terms {
    const random = this.#random;
    const { widest, habits, options } = this.#world.plan;
    const width = Math.min(random.integer(1, widest), this.#pool.length);
    return {
      names: random.shuffle(this.#pool).slice(0, width),
      renews: random.chance(habits.renew),
      isFenced: options.fencing && !random.chance(habits.unfenced),
    };
  }

  async #obtain(terms: Terms): Promise<Holding | undefined> {
    const caller = this.#caller;
    const { plan, succession } = this.#world;
    const watch = caller.watch(terms);
    const mutex = caller.mutex(terms, watch);
    const signal = caller.signal();
    const timeout = caller.timeout();
    const isTry = this.#random.chance(plan.habits.tryLock);
    const mustSucceed = plan.kind === "calm" && !isTry && timeout === undefined;
    const what = isTry ? "tryLock()" : "lock()";
    const { least } = succession;
    const { machine } = this.home;
    const began = machine.clock.monotonic();
    this.#world.asking.add(caller);
    const call = isTry
      ? mutex.tryLock({ ...(signal && { signal }) })
      : mutex.lock({ ...(signal && { signal }), ...(timeout !== undefined && { timeout }) });
    const lock = await caller.outcome(what, call, signal);
    this.#world.asking.delete(caller);
    if (!isTry && timeout !== undefined) caller.checkTime(machine, what, began, timeout);
    for (const value of watch.values) if (value !== lock?.value) this.#world.finished(machine, value);
    if (mustSucceed && !lock)
      throw new Violation("calm nodes grant", "lock() failed with nothing in its way");
    if (lock === null) this.#world.saw("tryLock() null");
    return lock ? caller.given("lock()", lock, watch, least) : undefined;
  }

  async #hold(holding: Holding, terms: Terms): Promise<void> {
    const { habits, options } = this.#world.plan;
    const { lock } = holding;
    const { extensions } = await use(this.#caller, holding, terms.renews);
    // Nothing would end a lock that renews itself.
    const mayEnd = !terms.renews || options.maxHold !== undefined;
    if (mayEnd && this.#random.chance(habits.abandon)) return this.#abandon(holding, terms);
    if (this.#random.chance(habits.handOver)) {
      await extensions;
      if (lock.remaining() > 0) return this.#handOver(holding, terms);
    }
    await this.#unlock(holding);
    this.#world.finished(holding.machine, lock.value);
  }

  /** Nobody unlocks it. */
  async #abandon({ lock, watch }: Holding, { renews }: Terms): Promise<void> {
    const { expiry } = this.#world.plan.options;
    this.#world.saw("abandoned");
    if (!renews && !watch.hasRead) return;
    while (lock.remaining() > 0 || (watch.hasRead && !lock.signal.aborted))
      await this.#caller.sleep(0.3 * expiry);
    await this.#caller.sleep(expiry);
  }

  async #unlock(holding: Holding): Promise<void> {
    const { lock, watch } = holding;
    if (this.#random.chance(0.1)) {
      // It tells of a loss first, if nobody has seen it.
      const disposing = lock[Symbol.asyncDispose]();
      watch.unlocking();
      await this.#caller.outcome("dispose", disposing);
    } else {
      watch.unlocking();
      const result = await this.#caller.outcome("unlock()", lock.unlock());
      this.#world.saw(`unlock() ${result ?? "failed"}`);
    }
    this.#world.holdings.drop(holding);
  }

  async #handOver(holding: Holding, terms: Terms): Promise<void> {
    holding.lock.handOver();
    holding.watch.handedOver();
    this.#world.holdings.drop(holding);
    await this.#inherit(holding, terms);
  }

  /** The value moves to another process, and so does the rest of this life. */
  async #inherit({ lock, values }: Holding, terms: Terms): Promise<void> {
    const caller = this.#caller;
    caller.home = this.#random.pick(this.#world.homes);
    await caller.sleep(caller.moment());
    const watch = caller.watch(terms);
    const adopted = await this.#adopt(lock, { ...terms, names: this.#random.shuffle(terms.names) }, watch);
    if (!adopted) return;
    caller.checkFresh("adopt()", adopted);
    this.#world.saw("adopted");
    if (adopted.token !== lock.token)
      throw new Violation("an heir keeps the token", `${adopted.token}, not ${lock.token}`);
    watch.given(adopted);
    const theirs = { lock: adopted, machine: caller.home.machine, watch, values };
    this.#world.holdings.add(theirs);
    await use(caller, theirs, terms.renews);
    await this.#unlock(theirs);
  }

  /** Where it is in doubt whether the value is still held, an heir asks once more. */
  #adopt({ value, token }: Lock, terms: Terms, watch: Holding["watch"]): Promise<Lock | undefined> {
    const mutex = this.#caller.mutex(terms, watch);
    const signal = this.#caller.signal();
    const ask = () =>
      mutex.adopt(value, { ...(signal && { signal }), ...(token !== undefined && { token }) });
    const adoption = ask().catch((error) => {
      if (error instanceof Error && error.name === "ExtendFailedError") return ask();
      throw error;
    });
    return this.#caller.outcome("adopt()", adoption, signal);
  }
}

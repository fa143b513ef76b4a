import type { Lock } from "@redsync/core";
import { Caller } from "./caller.ts";
import type { Holding } from "./holdings.ts";
import { obtain } from "./obtain.ts";
import { times } from "./population.ts";
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import { scope } from "./scope.ts";
import type { Simulation } from "./simulation.ts";
import { drawPause, type Terms } from "./terms.ts";
import { ticks } from "./ticks.ts";
import { use } from "./usage.ts";
import type { Watch } from "./watch.ts";

/** Somebody who takes locks, holds them, and does with them what users do. */
export class Contender {
  readonly #simulation: Simulation;
  readonly #random: Random;
  readonly #caller: Caller;
  readonly #pool: readonly string[];
  isDone = false;

  /** `pool`: the names that he may want. */
  constructor(simulation: Simulation, process: Process, pool: readonly string[], random: Random) {
    this.#simulation = simulation;
    this.#caller = new Caller(simulation, process, random);
    this.#pool = pool;
    this.#random = random;
  }

  get process(): Process {
    return this.#caller.process;
  }

  async live(): Promise<void> {
    const { turns, behaviour, options } = this.#simulation.plan;
    for (let turn = 0; turn < turns; turn++) {
      await this.#caller.sleep(this.#random.between(0, behaviour.rest) * options.expiry);
      const terms = this.#terms();
      if (this.#random.chance(behaviour.together)) await this.#crowd();
      else if (this.#random.chance(behaviour.queue)) await this.#queue();
      else if (this.#random.chance(behaviour.using)) {
        const left = await scope(this.#caller, terms);
        if (left) await this.#inherit(left, terms);
      } else await this.#take(terms);
    }
    this.isDone = true;
  }

  /** Several more of the same process ask for locks, in one turn of the event loop. */
  async #crowd(): Promise<void> {
    const caller = this.#caller;
    const wants = times(this.#random.integer(2, 4), () => {
      const terms = { ...this.#terms(), isPlain: true };
      return { terms, watch: caller.watch(terms), fellow: this.#fellow() };
    });
    this.#simulation.report({ what: "began together", watches: wants.map(({ watch }) => watch) });
    await Promise.all(wants.map(({ terms, watch, fellow }) => fellow.#takeOnce(terms, watch)));
  }

  /** Several of the same process want one name, one after the other, while it is away. */
  async #queue(): Promise<void> {
    const random = this.#random;
    const { names } = this.#terms();
    const taking: Promise<void>[] = [];
    // Sometimes so many, and all as patient, that others must have a turn in between.
    const alike = random.chance(0.3) && { isPlain: true, pause: this.#pause() };
    for (let left = random.integer(2, 8) * (alike ? 4 : 1); left > 0; left--) {
      if (random.chance(0.6)) await this.#caller.sleep(this.#caller.moment());
      const terms = { ...this.#terms(), names, ...alike };
      taking.push(this.#fellow().#takeOnce(terms, this.#caller.watch(terms)));
    }
    await Promise.all(taking);
  }

  /** Somebody else of the same process, who wants one lock. */
  #fellow(): Contender {
    const fellow = new Contender(this.#simulation, this.process, this.#pool, this.#random.fork());
    this.#simulation.join(fellow);
    return fellow;
  }

  async #takeOnce(terms: Terms, watch: Watch): Promise<void> {
    await this.#take(terms, watch);
    this.isDone = true;
  }

  async #take(terms: Terms, watch?: Watch): Promise<void> {
    const holding = await obtain(this.#caller, terms, watch ?? this.#caller.watch(terms));
    if (holding !== undefined) await this.#hold(holding, terms);
  }

  /** Some of the names, in any order. */
  #terms(): Terms {
    const random = this.#random;
    const { widest, behaviour, options } = this.#simulation.plan;
    const width = Math.min(random.integer(1, widest), this.#pool.length);
    return {
      names: random.shuffle(this.#pool).slice(0, width),
      renews: random.chance(behaviour.renew),
      isFenced: options.fencing && !random.chance(behaviour.unfenced),
      isShort: random.chance(behaviour.short),
      isPlain: false,
      pause: ["lines", "queues"].includes(this.#simulation.plan.kind) ? this.#pause() : undefined,
      isFair: !random.chance(behaviour.unfair),
    };
  }

  async #hold(holding: Holding, terms: Terms): Promise<void> {
    const { behaviour, options } = this.#simulation.plan;
    const { lock } = holding;
    const { extensions } = await use(this.#caller, holding, terms.renews);
    // Nothing would end a lock that renews itself.
    const mayEnd = !terms.renews || options.maxHold !== undefined;
    if (mayEnd && this.#random.chance(behaviour.abandon)) return this.#abandon(holding, terms);
    if (this.#random.chance(behaviour.handOver)) {
      await extensions;
      if (lock.remaining() > 0) return this.#handOver(holding, terms);
    }
    const taking = this.#random.chance(behaviour.together) ? this.#follow(terms) : undefined;
    // Somewhere in the turn in which the next one asks for the same names.
    if (taking) await ticks(this.#random.pick([0, 0, 0, 1, 2]));
    await this.#unlock(holding);
    this.#simulation.cleanup.finished(holding.process, lock.value);
    await taking;
  }

  #pause(): number {
    // Some processes are in a hurry, beside others that are not.
    return drawPause(this.#random, this.#simulation.timeout, this.process.index % 2 === 1);
  }

  #follow(terms: Terms): Promise<void> {
    return this.#fellow().#takeOnce({ ...terms, isPlain: true }, this.#caller.watch(terms));
  }

  /** Nobody unlocks it. */
  async #abandon({ lock, watch }: Holding, { renews }: Terms): Promise<void> {
    const { expiry } = this.#simulation.plan.options;
    this.#simulation.coverage.count("abandoned");
    if (!renews && !watch.hasRead) return;
    while (lock.remaining() > 0 || (watch.hasRead && !lock.signal.aborted))
      await this.#caller.sleep(0.3 * expiry);
    await this.#caller.sleep(expiry);
  }

  async #unlock(holding: Holding): Promise<void> {
    const { lock, watch } = holding;
    if (this.#random.chance(0.1)) {
      // It reports a loss first, if nobody has seen it.
      const disposing = lock[Symbol.asyncDispose]();
      watch.unlocking();
      await this.#caller.outcome("dispose", disposing);
    } else {
      watch.unlocking();
      const unlocking = lock.unlock();
      this.process.abortAtUnlock();
      const result = await this.#caller.outcome("unlock()", unlocking);
      this.#simulation.coverage.count(`unlock() ${result ?? "failed"}`);
      if (result) this.#simulation.report({ what: "unlocked", lock, result });
    }
    this.#simulation.holdings.drop(holding);
  }

  async #handOver(holding: Holding, terms: Terms): Promise<void> {
    holding.lock.handOver();
    holding.watch.handedOver();
    this.#simulation.holdings.drop(holding);
    await this.#inherit(holding, terms);
  }

  /** The value moves to another process, and so does the rest of this life. */
  async #inherit({ lock, values }: Holding, terms: Terms): Promise<void> {
    const caller = this.#caller;
    caller.process = this.#random.pick(this.#simulation.processes);
    await caller.sleep(caller.moment());
    const watch = caller.watch(terms);
    const adopted = await this.#adopt(lock, { ...terms, names: this.#random.shuffle(terms.names) }, watch);
    if (!adopted) return;
    const { process } = caller;
    this.#simulation.coverage.count("adopted");
    this.#simulation.report({ what: "adopted", lock: adopted, giver: lock, process });
    watch.given(adopted);
    const theirs = { lock: adopted, process, watch, values };
    this.#simulation.holdings.add(theirs);
    await use(caller, theirs, terms.renews);
    await this.#unlock(theirs);
  }

  /** If it is in doubt whether the value is still held, an heir asks once more. */
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

import type { Clock } from "../../src/clock.ts";
import type { MutexOptions, RedisNode, Redsync } from "../../src/index.ts";
import { Contender, type Home } from "./contender.ts";
import { Holdings } from "./holdings.ts";
import { type Exchange, Journal } from "./journal.ts";
import { Machine } from "./machine.ts";
import { Connection } from "./network.ts";
import { type Plan, planOf, timeoutOf } from "./plan.ts";
import { Random } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { Server, type ServerFlaws } from "./server.ts";
import { troubleProcess, troubleServer } from "./troubles.ts";
import { Violation } from "./violation.ts";

/** The algorithm under test: core, or a mutant of it. */
export interface Core {
  readonly Redsync: typeof Redsync;
}

/** How a seed is to be run. */
export interface Setting {
  readonly core: Core;
  readonly flaws?: ServerFlaws;
  readonly alter?: (plan: Plan) => Plan;
  /** Left out where the first rule alone is of interest. */
  readonly checksStorage?: boolean;
  readonly trace?: (line: string) => void;
}

type InjectedRedsync = new (nodes: readonly RedisNode[], options: MutexOptions, clock: Clock) => Redsync;

/** One schedule: servers, processes, what is between them, and everybody who contends for a name. */
export class World {
  readonly scheduler = new Scheduler();
  readonly plan: Plan;
  readonly timeout: number;
  readonly journal: Journal;
  readonly holdings: Holdings;
  readonly homes: readonly Home[];
  /** How often something was seen: a simulation in which nothing happens proves nothing. */
  readonly sights = new Map<string, number>();
  readonly #connections: Connection[] = [];
  readonly #contenders: Contender[];
  readonly #calls = new Map<Promise<unknown>, { machine: Machine; what: string }>();
  readonly #finished = new Map<string, Machine>();
  readonly #settling = new Set<Home>();
  readonly #trace: Setting["trace"];
  readonly #checks: (() => void)[] = [];
  #values = 0;
  #violation: unknown;

  constructor(seed: number, { core, flaws = {}, alter = (plan) => plan, ...setting }: Setting) {
    const random = new Random(seed);
    this.#trace = setting.trace;
    this.plan = alter(planOf(seed, random));
    this.log(() => JSON.stringify(this.plan));
    this.timeout = timeoutOf(this.plan.options);
    this.journal = new Journal(this.plan.servers, (what) => this.saw(what));
    const servers = times(this.plan.servers, (index) => {
      return new Server(index, this.scheduler, this.#rate(random), flaws);
    });
    this.holdings = new Holdings(servers, this.scheduler, setting.checksStorage ?? true);
    this.homes = times(this.plan.machines, (index) => this.#home(index, core, servers, random));
    this.#contenders = times(this.plan.contenders, () => {
      const name = `name-${random.integer(1, this.plan.names)}`;
      return new Contender(this, random.pick(this.homes), name, random.fork());
    });
    for (const server of servers) troubleServer(this, server, random.fork());
    for (const home of this.homes) troubleProcess(this, home, random.fork());
  }

  /** Runs to the end, and throws the first violation. */
  async run(): Promise<void> {
    for (const contender of this.#contenders) void contender.live().catch((error) => this.fail(error));
    await this.scheduler.run(() => this.#afterStep());
    for (const { machine, what } of this.#calls.values())
      if (!machine.isCrashed)
        throw new Violation("every call settles", `${what} on process ${machine.index}`);
    for (const [value, machine] of this.#finished)
      if (!machine.isCrashed) this.journal.checkFinished(value, this.plan.options.setNXOnExtend === true);
  }

  /** Watches a promise that must settle, unless its process crashes. */
  track<T>(machine: Machine, what: string, call: Promise<T>): Promise<T> {
    this.#calls.set(call, { machine, what });
    const done = () => this.#calls.delete(call);
    call.then(done, done);
    return call;
  }

  /** The call that made this value is over, and holds nothing by it. */
  finished(machine: Machine, value: string): void {
    this.#finished.set(value, machine);
  }

  /** Runs the check when all that follows at once from this step is done. */
  atEndOfStep(check: () => void): void {
    this.#checks.push(check);
  }

  fail(error: unknown): void {
    this.#violation ??= error;
  }

  saw(what: string): void {
    this.sights.set(what, (this.sights.get(what) ?? 0) + 1);
  }

  nextValue(): string {
    return `v${++this.#values}`;
  }

  cut(server: Server): void {
    for (const connection of this.#connections) if (connection.server === server) connection.cut();
  }

  readonly log = (line: () => string): void => {
    this.#trace?.(`${this.scheduler.now.toFixed(2).padStart(9)}  ${line()}`);
  };

  #home(index: number, core: Core, servers: readonly Server[], random: Random): Home {
    const rates = { monotonic: this.#rate(random), wall: this.#rate(random) };
    const machine = new Machine(index, this.scheduler, rates);
    const around = {
      scheduler: this.scheduler,
      journal: this.journal,
      weather: this.plan.weather,
      log: this.log,
      ran: (exchange: Exchange) => this.#witness(exchange),
    };
    const connections = servers.map((server) => new Connection(machine, server, around, random.fork()));
    this.#connections.push(...connections);
    const Injected = core.Redsync as unknown as InjectedRedsync;
    return { machine, redsync: new Injected(connections, {}, machine.clock) };
  }

  /** The danger that a fresh value for every attempt is for: the undo of an old one meets the grant of a new one. */
  #witness({ operation, value }: Exchange): void {
    if (operation !== "release") return;
    const isOld = this.holdings.valid().some(({ lock, values }) => lock.value !== value && values.has(value));
    if (isOld) this.saw("undo after grant");
  }

  /** Two clocks that each drift by half of what the lock's validity allows for differ by no more than the whole. */
  #rate(random: Random): number {
    const drift = this.plan.options.driftFactor / 2;
    return random.pick([1 - drift, 1, 1 + drift]);
  }

  #afterStep(): void {
    this.holdings.check();
    for (const check of this.#checks.splice(0)) check();
    for (const home of this.homes)
      if (!this.#settling.has(home) && this.#isDeserted(home)) this.#settle(home);
    if (this.#violation !== undefined) throw this.#violation;
  }

  #isDeserted(home: Home): boolean {
    return this.#contenders.every((contender) => contender.isDone || contender.home !== home);
  }

  /** Nobody uses this process any more: all that it still has to do must come to an end, and leave nothing. */
  #settle(home: Home): void {
    const { machine, redsync } = home;
    this.#settling.add(home);
    const settled = this.track(machine, "settled()", redsync.settled());
    void settled.then(() => {
      if (!this.#isDeserted(home)) return this.#settling.delete(home);
      // Where time jumped, what should have been over long ago counts as over, though its timer has yet to fire.
      if (machine.isDisturbed) return;
      this.saw("settled");
      const left = machine.timers.size;
      if (left > 0) this.fail(new Violation("no timer left", `${left} on process ${machine.index}`));
    });
  }
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

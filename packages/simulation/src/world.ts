import type { Caller, Home } from "./caller.ts";
import { Contender } from "./contender.ts";
import { Ends } from "./ends.ts";
import { type Exchange, isExtension, type Outcome } from "./facts.ts";
import { Holdings } from "./holdings.ts";
import { Journal } from "./journal.ts";
import type { Machine } from "./machine.ts";
import type { Connection } from "./network.ts";
import { type Plan, planOf, timeoutOf } from "./plan.ts";
import { homeIn, poolOf, serversFor, times } from "./population.ts";
import { Random } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import type { Server } from "./server.ts";
import { Succession } from "./succession.ts";
import { tamperWithServers, troubleProcess, troubleServer, wipeServers } from "./troubles.ts";
import type { Watch } from "./watch.ts";

/** What is simulated: core and the store of its nodes, or a mutant of them. */
export type Subject = typeof import("./subject.ts");

/** How a seed is to be run. */
export interface Setting {
  readonly subject: Subject;
  readonly alter?: (plan: Plan) => Plan;
  /** Left out where the first rule alone is of interest. */
  readonly checksStorage?: boolean;
  readonly trace?: (line: string) => void;
}

/** One schedule: servers, processes, what is between them, and everybody who contends for a name. */
export class World {
  readonly scheduler = new Scheduler();
  readonly plan: Plan;
  readonly timeout: number;
  readonly journal: Journal;
  readonly holdings: Holdings;
  readonly succession: Succession;
  readonly watches = new Set<Watch>();
  /** Who asks for a lock that was not given yet. */
  readonly asking = new Set<Caller>();
  readonly homes: readonly Home[];
  /** How often something was seen: a simulation in which nothing happens proves nothing. */
  readonly sights = new Map<string, number>();
  /** When a server last lost its data at once. */
  wipedAt = Number.NEGATIVE_INFINITY;
  readonly #servers: readonly Server[];
  readonly #seen = new Set<unknown>();
  readonly #connections: readonly Connection[];
  readonly #contenders: Contender[];
  readonly #ends = new Ends(this);
  readonly #trace: Setting["trace"];
  readonly #checks: (() => void)[] = [];
  #values = 0;
  #violation: unknown;

  constructor(seed: number, { subject, alter = (plan) => plan, ...setting }: Setting) {
    const random = new Random(seed);
    this.#trace = setting.trace;
    this.plan = alter(planOf(seed, random));
    this.log(() => JSON.stringify(this.plan));
    this.timeout = timeoutOf(this.plan.options);
    this.journal = new Journal({
      saw: (what) => this.saw(what),
      fail: (violation) => this.fail(violation),
      now: () => this.scheduler.now,
      isOver: (value) => this.#isOver(value),
    });
    const servers = serversFor(this, subject, random);
    this.#servers = servers;
    this.succession = new Succession(servers, setting.checksStorage ?? true, (what) => this.saw(what));
    this.holdings = new Holdings(servers, this.scheduler, setting.checksStorage ?? true);
    const homes = times(this.plan.machines, (index) => homeIn(this, index, subject, servers, random));
    this.homes = homes;
    this.#connections = homes.flatMap(({ connections }) => connections);
    this.#contenders = times(this.plan.contenders, (index) => {
      return new Contender(this, random.pick(homes), poolOf(this.plan, index, random), random.fork());
    });
    if (this.plan.troubles.wipe) wipeServers(this, servers, random.fork());
    if (this.plan.troubles.tamper) tamperWithServers(this, servers, random.fork());
    for (const server of servers) troubleServer(this, server, random.fork());
    for (const home of this.homes) troubleProcess(this, home, random.fork());
  }

  /** Runs to the end, and throws the first violation. */
  async run(): Promise<void> {
    for (const contender of this.#contenders) void contender.live().catch((error) => this.fail(error));
    await this.scheduler.run(() => this.#afterStep());
    this.#ends.check();
  }

  /** Watches a promise that must settle, unless its process crashes. */
  track<T>(machine: Machine, what: string, call: Promise<T>): Promise<T> {
    return this.#ends.track(machine, what, call);
  }

  /** The call that made this value is over, and holds nothing by it. */
  finished(machine: Machine, value: string): void {
    this.#ends.finished(machine, value);
  }

  /** Runs the check when all that follows at once from this step is done. */
  atEndOfStep(check: () => void): void {
    this.#checks.push(check);
  }

  fail(error: unknown): void {
    this.#violation ??= error;
  }

  /** All data of a server is gone. */
  forgot(server: Server): void {
    this.journal.forgot(server.index);
    this.succession.forgot();
  }

  /** The first time that this was seen of somebody. */
  sawOnce(what: string, of: unknown): void {
    if (this.#seen.has(of)) return;
    this.#seen.add(of);
    this.saw(what);
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

  /** A server ran a command. */
  readonly witness = ({ operation, value, server, name }: Exchange, outcome: Outcome): void => {
    if ((isExtension(operation) || operation === "repair") && outcome === 1)
      this.#guard(() => this.succession.kept(this.#servers[server] as Server, name, value));
    // Nobody was given it yet.
    if (operation === "extend" && outcome === 1 && this.#isRaise(value)) this.saw("token raised");
    if (operation !== "release") return;
    // The danger that a fresh value for every attempt is for: the undo of an old one meets the grant of a new one.
    const isOld = this.holdings.valid().some(({ lock, values }) => lock.value !== value && values.has(value));
    if (isOld) this.saw("undo after grant");
  };

  #isRaise(value: string): boolean {
    return this.plan.options.fencing && ![...this.watches].some(({ lock }) => lock?.value === value);
  }

  /** A value that somebody had, and nobody has or is given. */
  #isOver(value: string): boolean {
    const watches = [...this.watches].filter((watch) => watch.lock?.value === value);
    return watches.length > 0 && watches.every((watch) => watch.isOver);
  }

  /** A lock may be lost and taken again. */
  get mayRetake(): boolean {
    return this.plan.options.setNXOnExtend === true;
  }

  #afterStep(): void {
    const valid = this.holdings.valid();
    this.holdings.check(valid);
    this.succession.check(valid, this.mayRetake);
    for (const check of this.#checks.splice(0)) check();
    for (const watch of this.watches) watch.check();
    for (const home of this.homes) if (this.isDeserted(home)) this.#ends.settle(home);
    if (this.#violation !== undefined) throw this.#violation;
  }

  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Nobody uses this process any more. */
  isDeserted(home: Home): boolean {
    return this.#contenders.every((contender) => contender.isDone || contender.home !== home);
  }
}

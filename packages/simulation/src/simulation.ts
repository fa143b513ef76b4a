import type { Caller } from "./caller.ts";
import { Cleanup } from "./cleanup.ts";
import { Contender } from "./contender.ts";
import { Coverage } from "./coverage.ts";
import type { AskedCommand, Message } from "./facts.ts";
import { type Holding, Holdings } from "./holdings.ts";
import { Journal } from "./journal.ts";
import { Lines } from "./lines.ts";
import { coverMessage } from "./message-coverage.ts";
import { type Plan, planOf, timeoutOf } from "./plan.ts";
import { poolOf, processFor, serversFor, times } from "./population.ts";
import type { Process } from "./process.ts";
import { Random } from "./random.ts";
import type { Report } from "./report.ts";
import type { Context } from "./rule.ts";
import { RuleBook } from "./rule-book.ts";
import { Scheduler } from "./scheduler.ts";
import type { Server } from "./server.ts";
import { TokenOrder } from "./token-order.ts";
import { tamperWithServers, troubleProcess, troubleServer, wipeServers } from "./troubles.ts";
import type { Watch } from "./watch.ts";

/** What is simulated: core and the store of its nodes, or a mutant of them. */
export type Subject = typeof import("./subject.ts");

/** How a seed is to be run. */
export interface Setting {
  readonly subject: Subject;
  readonly alter?: (plan: Plan) => Plan;
  /** False if only what users see is of interest. */
  readonly checksStorage?: boolean;
  readonly trace?: (line: string) => void;
}

/** One schedule: servers, processes, what is between them, everybody who contends for a name, and the rules that it is held to. */
export class Simulation implements Context {
  readonly scheduler = new Scheduler();
  readonly coverage = new Coverage();
  readonly plan: Plan;
  readonly timeout: number;
  readonly checksStorage: boolean;
  readonly journal: Journal;
  readonly holdings: Holdings;
  readonly tokenOrder: TokenOrder;
  readonly lines = new Lines(() => this.now);
  readonly cleanup = new Cleanup((report) => this.report(report));
  /** What those saw who were given a lock. */
  readonly watches = new Set<Watch>();
  /** Whose call made a value. */
  readonly callOf = new Map<string, Watch>();
  /** Who asks for a lock that was not given yet. */
  readonly asking = new Set<Caller>();
  readonly servers: readonly Server[];
  readonly processes: readonly Process[];
  valid: readonly Holding[] = [];
  held: readonly Watch[] = [];
  wipedAt = Number.NEGATIVE_INFINITY;
  readonly #contenders: Contender[];
  readonly #rules = new RuleBook();
  readonly #trace: Setting["trace"];
  readonly #atEndOfStep: (() => void)[] = [];
  #values = 0;
  /** What went wrong first: a violation, or an error of the simulation itself. */
  #failure: unknown;

  constructor(seed: number, { subject, alter = (plan) => plan, checksStorage = true, trace }: Setting) {
    const random = new Random(seed);
    this.#trace = trace;
    this.checksStorage = checksStorage;
    this.plan = alter(planOf(seed, random));
    for (const [what, planned] of Object.entries(this.plan))
      this.log(() => `planned: ${what} ${JSON.stringify(planned)}`);
    this.timeout = timeoutOf(this.plan.options);
    this.journal = new Journal({
      now: () => this.now,
      isOver: (value) => this.#isOver(value),
      onMessage: (message) => this.#onMessage(message),
    });
    const servers = serversFor(this, subject, random);
    this.servers = servers;
    this.tokenOrder = new TokenOrder(servers, this.coverage);
    this.holdings = new Holdings(servers, this.scheduler);
    const processes = times(this.plan.processes, (index) => processFor(this, index, subject, random));
    this.processes = processes;
    this.#contenders = times(this.plan.contenders, (index) => {
      const own = processes[index % processes.length] ?? random.pick(processes);
      return new Contender(
        this,
        this.plan.kind === "queues" ? own : random.pick(processes),
        poolOf(this.plan, index, random),
        random.fork(),
      );
    });
    if (this.plan.troubles.wipe) wipeServers(this, random.fork());
    if (this.plan.troubles.tamper) tamperWithServers(this, random.fork());
    for (const server of servers) troubleServer(this, server, random.fork());
    for (const process of processes) troubleProcess(this, process, random.fork());
  }

  /** Runs to the end, and throws the first violation. */
  async run(): Promise<void> {
    for (const contender of this.#contenders) void contender.live().catch((error) => this.fail(error));
    await this.scheduler.run(() => this.#afterStep());
    this.fail(this.#rules.check("onEnd", this));
    this.#throwFailure();
  }

  get now(): number {
    return this.scheduler.now;
  }

  get steps(): number {
    return this.scheduler.steps;
  }

  get mayRetake(): boolean {
    return this.plan.options.setNXOnExtend === true;
  }

  readonly wake = (ms: number): void => {
    this.scheduler.after(ms, () => {});
  };

  /** Runs the task when all that follows at once from this step is done. */
  atEndOfStep(task: () => void): void {
    this.#atEndOfStep.push(task);
  }

  /** Shows the rules what a user of core saw. */
  report(report: Report): void {
    this.fail(this.#rules.check("onReport", report, this));
  }

  /** Core has its client stop waiting for a command. */
  readonly onStop = (command: AskedCommand): void => this.report({ what: "stopped", command });

  readonly onCall = (process: Process, server: number, id: string): void =>
    this.report({ what: "called", process, server, id });

  /** Somebody more contends for names. */
  join(contender: Contender): void {
    this.#contenders.push(contender);
  }

  /** The run is over after this step, if there is an error. */
  fail(error: unknown): void {
    this.#failure ??= error;
  }

  /** All data of a server is gone. */
  forgot(server: Server): void {
    this.journal.forgot(server.index);
    this.tokenOrder.forgot();
  }

  readonly nextValue = (): string => `v${++this.#values}`;

  /** All connections to a server break. */
  cut(server: Server): void {
    for (const { connections } of this.processes)
      for (const connection of connections) if (connection.server === server) connection.cut();
  }

  readonly log = (line: () => string): void => {
    this.#trace?.(`${this.now.toFixed(2).padStart(9)} ms  ${line()}`);
  };

  #onMessage(message: Message): void {
    coverMessage(message, this);
    this.fail(this.#rules.check("onMessage", message, this));
  }

  /** A value that somebody had, and nobody has or is given. */
  #isOver(value: string): boolean {
    const watches = [...this.watches].filter((watch) => watch.lock?.value === value);
    return watches.length > 0 && watches.every((watch) => watch.isOver);
  }

  #afterStep(): void {
    this.valid = this.holdings.valid();
    for (const holding of this.valid) this.holdings.probe(holding);
    for (const task of this.#atEndOfStep.splice(0)) task();
    this.held = [...this.watches].filter(({ process }) => !process.isCrashed);
    this.fail(this.#rules.check("onStep", this));
    for (const process of this.processes)
      if (this.#isDeserted(process)) this.cleanup.settle(process, () => this.#isDeserted(process));
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Nobody uses this process any more. */
  #isDeserted(process: Process): boolean {
    return this.#contenders.every((contender) => contender.isDone || contender.process !== process);
  }
}

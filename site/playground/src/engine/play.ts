import { type MutexOptions, type RedisNode, Redsync } from "@redsync/core";
import { EPOCH, Process } from "@redsync/simulation/process";
import { Random } from "@redsync/simulation/random";
import { Scheduler } from "@redsync/simulation/scheduler";
import { Connection } from "./connection.ts";
import { befall, concerns } from "./faults.ts";
import { NAME } from "./keys.ts";
import { Recorder } from "./recorder.ts";
import type { Recording } from "./recording.ts";
import { Register } from "./register.ts";
import { Server } from "./server.ts";
import { describeFault, EXPIRY, type Fault, POLLING_MS, type Setting, taskName } from "./setting.ts";
import { Task } from "./task.ts";

/** No run is longer. */
const LONGEST_MS = 20_000;
/** What goes on after the last task is done. */
const EPILOGUE_MS = 400;
/** How often is looked for what ends by itself, such as a key that expires. */
const TICK_MS = 20;
const FIRST_ARRIVES_AT_MS = 20;
/** How far apart tasks arrive, unless they are many. */
const ARRIVALS_MS = 120;
const ALL_ARRIVE_IN_MS = 360;

/** Core's own default, for those that do not poll. Core would draw from it with `Math.random`, so that no run could be replayed. */
const DELAY_MS = [50, 250] as const;

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Core takes a clock as well, which its users are not told of. */
type OnClock = new (nodes: readonly RedisNode[], options: MutexOptions, clock: Process["clock"]) => Redsync;

/** Plays a setting from beginning to end, by clocks and dice of its own: the same setting gives the same recording. */
export async function play(setting: Setting): Promise<Recording> {
  const run = new Run(setting);
  return await run.run();
}

class Run {
  readonly #setting: Setting;
  readonly #scheduler = new Scheduler();
  readonly #register = new Register();
  readonly #servers: readonly Server[];
  readonly #connections: (readonly Connection[])[] = [];
  readonly #tasks: readonly Task[];
  readonly #recorder: Recorder;
  readonly #arrivals: Random;
  #commands = 0;
  #endsAt = LONGEST_MS;

  constructor(setting: Setting) {
    this.#setting = setting;
    const random = new Random(setting.seed);
    this.#arrivals = random.fork();
    this.#servers = times(setting.nodes, () => new Server(this.#scheduler, EPOCH));
    this.#tasks = times(setting.tasks, (task) => this.#taskFor(task, random.fork()));
    this.#recorder = new Recorder(
      setting,
      this.#servers,
      this.#tasks,
      this.#register,
      () => this.#scheduler.now,
    );
  }

  async run(): Promise<Recording> {
    const setting = this.#setting;
    for (const fault of setting.faults.filter((each) => concerns(setting, each)))
      this.#scheduler.after(fault.at, () => {
        // A task says itself when it is paused.
        if (!fault.what.startsWith("pause"))
          this.#recorder.note({ kind: "fault", ...about(fault), text: describeFault(fault) });
        befall({ servers: this.#servers, tasks: this.#tasks, connections: this.#connections }, fault);
      });
    this.#tasks.forEach((task, index) => {
      void task.live(this.#arrivalOf(index));
    });
    const tick = () => this.#scheduler.after(TICK_MS, tick);
    tick();
    this.#recorder.look();
    await this.#scheduler.run(
      () => this.#afterStep(),
      () => this.#scheduler.now >= this.#endsAt,
    );
    return this.#recorder.finish(this.#scheduler.now, this.#commands);
  }

  #taskFor(index: number, random: Random): Task {
    const { latency, loss } = this.#setting;
    const options = this.#optionsFor(index, random);
    const ways = this.#servers.map(() => random.fork());
    const process = new Process(index, this.#scheduler, { monotonic: 1, wall: 1, off: 0 }, (process) => {
      const connections = this.#servers.map(
        (server, node) =>
          new Connection(server, index, {
            scheduler: this.#scheduler,
            process,
            random: ways[node] as Random,
            latency,
            loss: loss / 100,
            onSend: () => this.#commands++,
          }),
      );
      this.#connections.push(connections);
      const redsync = new (Redsync as unknown as OnClock)(connections, options, process.clock);
      return { redsync, connections: [] };
    });
    return new Task({
      setting: this.#setting,
      process,
      mutex: process.redsync.mutex(NAME),
      connections: this.#connections[index] ?? [],
      random: random.fork(),
      register: this.#register,
      note: (kind, text) => this.#recorder.note({ kind, task: index, text }),
    });
  }

  #optionsFor(task: number, random: Random): MutexOptions {
    const { fencing, waiting } = this.#setting;
    const values = random.fork();
    const delays = random.fork();
    const owner = taskName(task);
    const fair = waiting === "fair" || (waiting === "mixed" && task % 2 === 0);
    const [shortest, longest] = fair ? DELAY_MS : POLLING_MS;
    return {
      expiry: EXPIRY,
      timeoutFactor: 0.1,
      fencing,
      fair,
      owner,
      generateValue: () => `@${owner}/${values.integer(2 ** 30, 2 ** 31).toString(36)}`,
      retryDelay: () => delays.between(shortest, longest),
      onEvent: (event) => this.#tasks[task]?.hear(event),
    };
  }

  /** One after the other, the first one always at the same time. */
  #arrivalOf(task: number): number {
    const apart = Math.min(ARRIVALS_MS, ALL_ARRIVE_IN_MS / this.#setting.tasks);
    return FIRST_ARRIVES_AT_MS + apart * (task === 0 ? 0 : task + this.#arrivals.next() / 2);
  }

  #afterStep(): void {
    this.#recorder.look();
    if (this.#endsAt === LONGEST_MS && this.#tasks.every(({ isDone }) => isDone))
      this.#endsAt = Math.min(LONGEST_MS, this.#scheduler.now + EPILOGUE_MS);
  }
}

/** Whom a fault concerns, for whoever looks for it. */
function about(fault: Fault): { readonly task?: number; readonly node?: number } {
  return {
    ...("task" in fault ? { task: fault.task } : {}),
    ...("node" in fault ? { node: fault.node } : {}),
  };
}

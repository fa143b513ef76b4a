import type { Lock, MutexOptions, RedisNode, Redsync } from "@redsync/core";
import type { Clock } from "../../core/src/clock.ts";
import { Connection } from "./connection.ts";
import type { AskedQuestion } from "./facts.ts";
import type { Journal } from "./journal.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import { Process } from "./process.ts";
import { Random } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { Server } from "./server.ts";
import type { Subject } from "./simulation.ts";

// What it costs to wait: many processes, or many names, and one holder that works for long. A table, not a test.

const JOIN_MS = 1_000;
const SETTLED_MS = 15_000;
const WATCHED_MS = 20_000;
const WORK_MS = 10;

/** How many wait, and for how many names. */
interface Size {
  readonly nodes: number;
  readonly processes: number;
  readonly names: number;
  /** How many of them are given the name in the end, to see what a turn costs. */
  readonly turns: number;
}

const sizes: readonly Size[] = [
  ...[1, 3].flatMap((nodes) =>
    [10, 100, 1_000].map((processes) => ({ nodes, processes, names: 1, turns: 200 })),
  ),
  ...[1, 3].flatMap((nodes) => [100, 1_000].map((names) => ({ nodes, processes: 10, names, turns: 0 }))),
];

/** They take minutes. */
const largeSizes: readonly Size[] = [
  { nodes: 1, processes: 10_000, names: 1, turns: 20 },
  { nodes: 1, processes: 10, names: 10_000, turns: 0 },
];

/** Plays every size, and writes a row of a table for each. */
export async function scale(
  subject: Subject,
  write: (line: string) => void,
  areLarge: boolean,
): Promise<void> {
  const columns = [
    "nodes",
    "waiters",
    "names",
    "commands/s and node",
    "subscriptions/node",
    "in a queue",
    "a turn, ms",
    "commands a turn and node",
    "a lost call, ms",
    "a dead waiter, ms",
  ];
  write(`| ${columns.join(" | ")} |`);
  write(`|${" --- |".repeat(columns.length)}`);
  for (const size of areLarge ? largeSizes : sizes) write(await new Scale(subject, size).row());
}

class Scale {
  readonly #scheduler = new Scheduler();
  readonly #random = new Random(1);
  readonly #size: Size;
  readonly #servers: readonly Server[];
  readonly #holder: Process;
  readonly #waiters: readonly Process[];
  readonly #network: { -readonly [Key in keyof NetworkConditions]: NetworkConditions[Key] } = {
    keepsOrder: true,
    resends: false,
    heedsSignal: false,
    ways: { usual: [0.4, 0.6], slow: [1, 2], stray: [1, 2] },
    slow: 0,
    stray: 0,
    late: {},
    requestLoss: 0,
    replyLoss: 0,
    duplicate: 0,
    reportedLoss: 1,
    refusal: 0,
    cutShort: 0,
    lostCalls: 0,
    doubledCalls: 0,
    lateCalls: 0,
    quotes: false,
  };
  #commands = 0;
  /** When the last one was given a name, and how many were. */
  #givenAt = 0;
  #given = 0;
  readonly #holds: (() => void)[] = [];
  /** Whoever is given the name works for a moment only. */
  #isQuick = false;

  constructor(subject: Subject, size: Size) {
    this.#size = size;
    const all = <T>(count: number, make: (index: number) => T) =>
      Array.from({ length: count }, (_, index) => make(index));
    const pace = { rate: 1, off: 0 };
    this.#servers = all(size.nodes, (index) => new Server(index, this.#scheduler, pace, {}, subject));
    this.#holder = this.#process(subject, 0);
    this.#waiters = all(size.processes, (index) => this.#process(subject, index + 1));
  }

  async row(): Promise<string> {
    const { nodes, names, processes } = this.#size;
    const cells: (string | number)[] = [nodes, processes * names, names];
    void this.#play(cells);
    let isOver = false;
    this.#done = () => {
      isOver = true;
    };
    await this.#scheduler
      .run(() => {
        if (isOver) throw new Over();
      })
      .catch((error) => {
        if (!(error instanceof Over)) throw error;
      });
    return `| ${cells.join(" | ")} |`;
  }

  #done = (): void => {};

  async #play(cells: (string | number)[]): Promise<void> {
    const { nodes, names, turns } = this.#size;
    const all = Array.from({ length: names }, (_, index) => `name-${index}`);
    const held = await Promise.all(
      all.map((name) => this.#mutex(this.#holder, name, { autoExtend: true }).lock()),
    );
    for (const process of this.#waiters) {
      this.#scheduler.after(this.#random.between(0, JOIN_MS), () => {
        for (const name of all) void this.#wait(process, name);
      });
    }
    await this.#sleep(SETTLED_MS);
    this.#commands = 0;
    await this.#sleep(WATCHED_MS);
    const queued = all.map((name) => this.#servers[0]?.queue(name).length ?? 0);
    cells.push(
      (this.#commands / nodes / (WATCHED_MS / 1_000)).toFixed(1),
      this.#servers[0]?.subscribers ?? 0,
      Math.max(...queued),
    );
    const [first] = held as readonly Lock[];
    const lost = await this.#turn(() => {
      this.#network.lostCalls = 1;
      void first?.unlock();
    });
    this.#network.lostCalls = 0;
    await this.#sleep(1_000);
    // The next one in the queue dies, and nodes do not notice.
    const next = /^~.process(\d+):/.exec(this.#servers[0]?.queue("name-0")[0]?.[0] ?? "")?.[1];
    const victim = this.#waiters[Number(next) - 1];
    const dead = await this.#turn(() => {
      victim?.crash(1e9);
      this.#holds.shift()?.();
    });
    const began = this.#scheduler.now;
    this.#commands = 0;
    const given = this.#given;
    const most = Math.min(turns, this.#size.processes - 3);
    if (most > 0) {
      this.#isQuick = true;
      this.#holds.shift()?.();
      while (this.#given < given + most && this.#scheduler.now < began + 60_000) await this.#sleep(1);
    }
    const count = this.#given - given;
    const ms = (this.#scheduler.now - began) / count - WORK_MS;
    cells.push(most > 0 ? ms.toFixed(1) : "", most > 0 ? (this.#commands / nodes / count).toFixed(1) : "");
    cells.push(lost.toFixed(0), dead.toFixed(0));
    this.#done();
  }

  /** How long it takes until somebody is given the first name. */
  async #turn(begin: () => void): Promise<number> {
    const began = this.#scheduler.now;
    const given = this.#given;
    begin();
    while (this.#given === given && this.#scheduler.now < began + 120_000) await this.#sleep(1);
    return this.#givenAt - began;
  }

  async #wait(process: Process, name: string): Promise<void> {
    const lock = await this.#mutex(process, name, { tries: Number.POSITIVE_INFINITY }).lock();
    if (name !== "name-0") return;
    this.#given++;
    this.#givenAt = this.#scheduler.now;
    if (this.#isQuick) await this.#sleep(WORK_MS);
    else await new Promise<void>((resolve) => this.#holds.push(resolve));
    await lock.unlock();
  }

  #mutex({ redsync }: Process, name: string, options: MutexOptions) {
    return redsync.mutex(name, { retryDelay: () => this.#random.between(50, 250), ...options });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#scheduler.after(ms, resolve);
    });
  }

  #process({ Redsync }: Subject, index: number): Process {
    const rates = { monotonic: 1, wall: 1, off: 0 };
    const nothing = () => {};
    const sent = (question: AskedQuestion) => {
      if (question.command.process === this.#holder) return;
      if (question.command.questions[0] === question) this.#commands++;
    };
    const journal = { sent, executed: nothing, answered: nothing } as unknown as Journal;
    const around = {
      scheduler: this.#scheduler,
      journal,
      network: this.#network,
      log: nothing,
      onStop: nothing,
      onCall: nothing,
    };
    const Injected = Redsync as unknown as new (
      nodes: readonly RedisNode[],
      options: MutexOptions,
      clock: Clock,
    ) => Redsync;
    return new Process(index, this.#scheduler, rates, (process) => {
      const connections = this.#servers.map(
        (server) => new Connection(process, server, around, this.#random.fork(), true),
      );
      return { connections, redsync: new Injected(connections, {}, process.clock) };
    });
  }
}

/** Ends a run in which timers are left. */
class Over extends Error {}

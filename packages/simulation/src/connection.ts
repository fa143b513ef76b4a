import type { Command, RedisNode, Reply, SendOptions } from "@redsync/core";
import { type AskedQuestion, type Copy, keeps, type Outcome } from "./facts.ts";
import type { Journal } from "./journal.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import type { Process } from "./process.ts";
import { questionsOf } from "./questions.ts";
import type { Random } from "./random.ts";
import type { ScheduledEvent, Scheduler } from "./scheduler.ts";
import type { Server } from "./server.ts";

/** A command whose reply somebody waits for. */
interface OpenCommand {
  readonly command: Command;
  readonly questions: readonly AskedQuestion[];
  copy: Copy | undefined;
  way: ScheduledEvent | undefined;
  settle(act: (resolve: (reply: Reply) => void, reject: (error: unknown) => void) => void): void;
}

/** What a server did with a command: one reply, and what it says to each question. */
interface Execution {
  readonly reply: Reply | Error;
  readonly outcomes: readonly Outcome[];
}

/** What a connection needs of the simulation around it. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly journal: Journal;
  readonly network: NetworkConditions;
  readonly log: (line: () => string) => void;
}

/**
 * The way from one process to one server, and what gets lost on it. Commands are lost, doubled, delayed and overtaken as a whole;
 * the journal gets the facts of each question.
 */
export class Connection implements RedisNode {
  readonly server: Server;
  readonly #process: Process;
  readonly #around: Surroundings;
  readonly #random: Random;
  readonly #open = new Set<OpenCommand>();
  #lastRequest = 0;
  #lastReply = 0;

  constructor(process: Process, server: Server, around: Surroundings, random: Random) {
    this.server = server;
    this.#process = process;
    this.#around = around;
    this.#random = random;
  }

  send(command: Command, options: SendOptions = {}): Promise<Reply> {
    const { journal, network } = this.#around;
    return new Promise((resolve, reject) => {
      const signal = network.heedsSignal ? options.signal : undefined;
      const onAbort = () => open.settle(() => reject(signal?.reason));
      const open: OpenCommand = {
        command,
        questions: this.#asked(command),
        copy: undefined,
        way: undefined,
        settle: (act) => {
          if (!this.#open.delete(open)) return;
          signal?.removeEventListener("abort", onAbort);
          act(resolve, reject);
        },
      };
      this.#open.add(open);
      signal?.addEventListener("abort", onAbort);
      for (const question of open.questions) journal.sent(question);
      this.#log(open, "sent");
      this.#transmit(open);
    });
  }

  /** The connection breaks: part of what is under way arrives all the same, and no reply does. */
  cut(): void {
    const { network } = this.#around;
    for (const open of [...this.#open]) {
      if (open.copy !== undefined) open.copy.isDeaf = true;
      if (this.#random.chance(0.5)) open.way?.cancel();
      if (network.resends) this.#transmit(open);
      else this.#lose(open, "its connection broke");
    }
  }

  #asked(command: Command): readonly AskedQuestion[] {
    const from = { server: this.server.index, isText: command[0] === "EVAL" };
    return questionsOf(command).map((question) => ({ ...question, ...from }));
  }

  #transmit(open: OpenCommand): void {
    const { network } = this.#around;
    const copy: Copy = { isDeaf: false };
    open.copy = copy;
    if (this.#random.chance(network.requestLoss)) this.#lose(open, "lost on its way");
    else open.way = this.#request(open, copy);
    if (this.#random.chance(network.duplicate)) this.#request(open, { isDeaf: true });
  }

  #request(open: OpenCommand, copy: Copy): ScheduledEvent {
    const { scheduler, network } = this.#around;
    let arrival = scheduler.now + this.#requestDelay(open.questions);
    if (network.keepsOrder) this.#lastRequest = arrival = Math.max(arrival, this.#lastRequest);
    return scheduler.after(arrival - scheduler.now, () =>
      this.server.receive({
        handle: () => this.#execute(open, copy),
        refuse: () => {
          if (copy.isDeaf) this.#log(open, "refused, the server is down (a copy)");
          else this.#lose(open, "refused, the server is down");
        },
      }),
    );
  }

  #execute(open: OpenCommand, copy: Copy): void {
    const { journal, network } = this.#around;
    const execution = this.#executionOf(open);
    open.questions.forEach((question, at) => {
      journal.executed(question, copy, execution.outcomes[at] as Outcome);
    });
    this.#log(open, `run${copy.isDeaf ? " (a copy)" : ""}:`, execution);
    if (copy.isDeaf) return;
    if (this.#random.chance(network.replyLoss)) this.#lose(open, "its reply lost");
    else this.#reply(open, copy, execution);
  }

  #executionOf({ command, questions }: OpenCommand): Execution {
    const failed = (error: Error) => ({ reply: error, outcomes: questions.map(() => error) });
    // A server without memory to spare still deletes, and looks.
    const mayRefuse = questions.some(({ operation }) => keeps(operation));
    if (mayRefuse && this.#random.chance(this.#around.network.refusal))
      return failed(new Error("OOM command not allowed when used memory > 'maxmemory'."));
    try {
      return this.server.execute(command, questions);
    } catch (error) {
      return failed(error as Error);
    }
  }

  /** The answers to all its questions arrive together. */
  #reply(open: OpenCommand, copy: Copy, execution: Execution): void {
    const { journal, scheduler, network } = this.#around;
    let arrival = scheduler.now + this.#delay();
    if (network.keepsOrder) this.#lastReply = arrival = Math.max(arrival, this.#lastReply);
    scheduler.after(arrival - scheduler.now, () =>
      this.#process.run(() => {
        if (copy.isDeaf) return;
        const { reply, outcomes } = execution;
        open.settle((resolve, reject) => {
          open.questions.forEach((question, at) => {
            journal.answered(question, copy, outcomes[at] as Outcome);
          });
          this.#log(open, "answered:", execution);
          if (reply instanceof Error) reject(reply);
          else resolve(reply);
        });
      }),
    );
  }

  /** Nothing will come of it; the client says so, or waits for ever. */
  #lose(open: OpenCommand, why: string): void {
    const { scheduler, network } = this.#around;
    this.#log(open, why);
    if (!this.#random.chance(network.reportedLoss)) return;
    scheduler.after(this.#delay(), () =>
      this.#process.run(() => open.settle((_, reject) => reject(new Error("read ECONNRESET")))),
    );
  }

  /** A command is late if one of its questions is. */
  #requestDelay(questions: readonly AskedQuestion[]): number {
    const { late, ways } = this.#around.network;
    const isLate = this.#random.chance(Math.max(...questions.map(({ operation }) => late[operation] ?? 0)));
    return isLate ? this.#random.between(...ways.stray) : this.#delay();
  }

  #delay(): number {
    const { network } = this.#around;
    const random = this.#random;
    if (random.chance(network.stray)) return random.between(...network.ways.stray);
    return random.between(...network.ways[random.chance(network.slow) ? "slow" : "usual"]);
  }

  #log({ command, questions }: OpenCommand, what: string, execution?: Execution): void {
    this.#around.log(() => {
      const asked = questions.map(({ operation, name, value }) => `${operation} ${name} ${value}`).join(", ");
      const outcomes = execution === undefined ? "" : ` ${shown(execution)}`;
      const { index } = this.#process;
      return `process ${index} → node ${this.server.index}: ${command[0]} ${asked}: ${what}${outcomes}`;
    });
  }
}

function shown({ reply, outcomes }: Execution): string {
  return reply instanceof Error ? reply.message : outcomes.map((outcome) => String(outcome)).join(", ");
}

import type { Command, RedisNode, Reply, SendOptions } from "@redsync/core";
import { delay, requestDelay } from "./delays.ts";
import type { AskedCommand, AskedQuestion, Copy, Outcome } from "./facts.ts";
import type { Journal } from "./journal.ts";
import { refusalBy } from "./limits.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import { type Execution, failed, lineOf, type OpenCommand } from "./open-command.ts";
import type { Process } from "./process.ts";
import { questionsOf } from "./questions.ts";
import type { Random } from "./random.ts";
import { RecentRefusals } from "./recent-refusals.ts";
import type { ScheduledEvent, Scheduler } from "./scheduler.ts";
import type { Server } from "./server.ts";
import { Subscriptions } from "./subscriptions.ts";

/** What a connection needs of the simulation around it. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly journal: Journal;
  readonly network: NetworkConditions;
  readonly log: (line: () => string) => void;
  /** Core has its client stop waiting for a command. */
  readonly onStop: (command: AskedCommand) => void;
  /** A message calls a waiter. */
  readonly onCall: (process: Process, server: number, id: string) => void;
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
  readonly #refusals: RecentRefusals;
  /** What its process listens to on the server. */
  readonly subscriptions: Subscriptions;
  /** Listens to channels of the server, if its client can. */
  readonly subscribe?: NonNullable<RedisNode["subscribe"]>;
  #lastRequest = 0;
  #lastReply = 0;

  constructor(process: Process, server: Server, around: Surroundings, random: Random, listens = false) {
    this.server = server;
    this.#process = process;
    this.#around = around;
    this.#random = random;
    this.#refusals = new RecentRefusals(() => around.scheduler.now);
    this.subscriptions = new Subscriptions({ server, process, ...around }, this.#address, random);
    if (listens) this.subscribe = (channel, onMessage) => this.subscriptions.add(channel, onMessage);
  }

  send(sent: Command, options: SendOptions = {}): Promise<Reply> {
    const { journal, network, onStop } = this.#around;
    const command = sent.map((text) => this.#addressed(text)) as unknown as Command;
    return new Promise((resolve, reject) => {
      const signal = network.heedsSignal ? options.signal : undefined;
      const onAbort = () => {
        onStop(open.asked);
        open.settle(() => reject(signal?.reason));
      };
      const open: OpenCommand = {
        command,
        asked: this.#asked(command),
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
      for (const question of open.asked.questions) journal.sent(question);
      this.#log(open, "sent");
      this.#transmit(open);
    });
  }

  /** Core draws its address, by which equal scores are told apart: nothing of a schedule is to depend on that. */
  #addressed(text: string): string {
    return text.replace(
      /(^| )~([a-z])[A-Za-z0-9]{12,}:/,
      (_, space, kind) => `${space}~${kind}${this.#address}:`,
    );
  }

  get #address(): string {
    return `process${this.#process.index}`;
  }

  /** The connection breaks: part of what is under way arrives all the same, and no reply does. */
  cut(): void {
    const { network } = this.#around;
    this.subscriptions.break();
    for (const open of [...this.#open]) {
      if (open.copy !== undefined) open.copy.isDeaf = true;
      if (this.#random.chance(0.5)) open.way?.cancel();
      if (network.resends) this.#transmit(open);
      else this.#lose(open, "its connection broke");
    }
  }

  #asked(command: Command): AskedCommand {
    const questions: AskedQuestion[] = [];
    const isText = command[0] === "EVAL";
    const asked = { process: this.#process, questions, isText, at: this.#around.scheduler.now };
    const server = this.server.index;
    for (const question of questionsOf(command))
      questions.push({ ...question, server, command: asked, isAgain: this.#refusals.has(question) });
    return asked;
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
    let arrival = scheduler.now + requestDelay(network, open.asked.questions, this.#random);
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
    open.asked.questions.forEach((question, at) => {
      journal.executed(question, copy, execution.outcomes[at] as Outcome);
    });
    this.#log(open, `run${copy.isDeaf ? " (a copy)" : ""}:`, execution);
    if (copy.isDeaf) return;
    if (this.#random.chance(network.replyLoss)) this.#lose(open, "its reply lost");
    else this.#reply(open, copy, execution);
  }

  #executionOf({ command, asked }: OpenCommand): Execution {
    const { questions } = asked;
    const refusal = refusalBy(this.server.limits, asked, this.#random);
    if (refusal) return failed(refusal, questions);
    this.server.isFull = this.#random.chance(this.#around.network.refusal);
    try {
      return this.server.execute(command, questions);
    } catch (error) {
      return failed(error as Error, questions);
    } finally {
      this.server.isFull = false;
    }
  }

  /** The answers to all its questions arrive together. */
  #reply(open: OpenCommand, copy: Copy, execution: Execution): void {
    const { scheduler, network } = this.#around;
    let arrival = scheduler.now + delay(network, this.#random);
    if (network.keepsOrder) this.#lastReply = arrival = Math.max(arrival, this.#lastReply);
    const isCutShort = this.#random.chance(network.cutShort);
    scheduler.after(arrival - scheduler.now, () =>
      this.#process.run(() => {
        if (copy.isDeaf) return;
        open.settle((resolve, reject) => {
          const { reply } = execution;
          if (isCutShort && Array.isArray(reply)) return resolve(this.#cutShort(open, reply));
          this.#hear(open, copy, execution);
          if (reply instanceof Error) reject(reply);
          else resolve(reply);
        });
      }),
    );
  }

  #hear(open: OpenCommand, copy: Copy, execution: Execution): void {
    const { questions } = open.asked;
    questions.forEach((question, at) => {
      this.#around.journal.answered(question, copy, execution.outcomes[at] as Outcome);
    });
    if (execution.reply instanceof Error) this.#refusals.add(questions);
    this.#log(open, "answered:", execution);
  }

  /** An answer gets lost, the first or the last: nobody can say whose the others are. */
  #cutShort(open: OpenCommand, reply: readonly Reply[]): Reply {
    this.#log(open, "its reply cut short");
    return this.#random.chance(0.5) ? reply.slice(1) : reply.slice(0, -1);
  }

  /** Nothing will come of it; the client says so, or waits for ever. */
  #lose(open: OpenCommand, why: string): void {
    const { scheduler, network } = this.#around;
    this.#log(open, why);
    if (!this.#random.chance(network.reportedLoss)) return;
    scheduler.after(delay(network, this.#random), () =>
      this.#process.run(() => open.settle((_, reject) => reject(new Error(this.#reset(open))))),
    );
  }

  /** In the words of a client, which may show the command. */
  #reset({ command }: OpenCommand): string {
    const [, , ...args] = command;
    return this.#around.network.quotes ? `read ECONNRESET after ${args.join(" ")}` : "read ECONNRESET";
  }

  #log(open: OpenCommand, what: string, execution?: Execution): void {
    this.#around.log(() => lineOf(open, what, execution));
  }
}

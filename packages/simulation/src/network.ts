import type { Command, Operation, RedisNode, Reply, SendOptions } from "@redsync/core";
import type { Copy, Exchange, Outcome } from "./facts.ts";
import type { Journal } from "./journal.ts";
import type { Machine } from "./machine.ts";
import type { Random } from "./random.ts";
import type { Happening, Scheduler } from "./scheduler.ts";
import { operationOf, type Server } from "./server.ts";

/** What a network does to messages. Numbers below 1 are chances. */
export interface Weather {
  /** One connection, on which nothing overtakes: TCP. Else each message goes its own way: HTTP, a pool. */
  readonly keepsOrder: boolean;
  /** A client that sends its commands again on a new connection. */
  readonly resends: boolean;
  /** A client that stops waiting when told to. */
  readonly heedsSignal: boolean;
  /** Milliseconds of a usual, a slow and a stray way. */
  readonly ways: Readonly<Record<"usual" | "slow" | "stray", readonly [min: number, max: number]>>;
  readonly slow: number;
  readonly stray: number;
  /** Deletes, or repairs, that come late, so that they meet what was granted after they were sent. */
  readonly late: Readonly<Partial<Record<Operation, number>>>;
  readonly requestLoss: number;
  readonly replyLoss: number;
  readonly duplicate: number;
  /** A loss of which the client tells, rather than to wait for ever. */
  readonly toldLoss: number;
  /** The server answers with an error. */
  readonly refusal: number;
}

interface OpenExchange extends Exchange {
  readonly command: Command;
  copy: Copy | undefined;
  way: Happening | undefined;
  settle(act: (resolve: (reply: Reply) => void, reject: (error: unknown) => void) => void): void;
}

/** What a connection needs of the world around it. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly journal: Journal;
  readonly weather: Weather;
  readonly log: (line: () => string) => void;
  /** A server ran the command. */
  readonly ran: (exchange: Exchange, outcome: Outcome) => void;
}

/** The way from one process to one server, and what gets lost on it. */
export class Connection implements RedisNode {
  readonly server: Server;
  readonly #machine: Machine;
  readonly #around: Surroundings;
  readonly #random: Random;
  readonly #open = new Set<OpenExchange>();
  #lastRequest = 0;
  #lastReply = 0;

  constructor(machine: Machine, server: Server, around: Surroundings, random: Random) {
    this.server = server;
    this.#machine = machine;
    this.#around = around;
    this.#random = random;
  }

  send(command: Command, options: SendOptions = {}): Promise<Reply> {
    const { journal, weather } = this.#around;
    return new Promise((resolve, reject) => {
      const signal = weather.heedsSignal ? options.signal : undefined;
      const onAbort = () => exchange.settle(() => reject(signal?.reason));
      const exchange: OpenExchange = {
        server: this.server.index,
        operation: operationOf(command),
        name: command[3] ?? "",
        value: command[3 + Number(command[2])] ?? "",
        isText: command[0] === "EVAL",
        command,
        copy: undefined,
        way: undefined,
        settle: (act) => {
          if (!this.#open.delete(exchange)) return;
          signal?.removeEventListener("abort", onAbort);
          act(resolve, reject);
        },
      };
      this.#open.add(exchange);
      signal?.addEventListener("abort", onAbort);
      journal.sent(exchange);
      this.#log("sends", exchange);
      this.#transmit(exchange);
    });
  }

  /** The connection breaks: part of what is under way arrives all the same, and no reply does. */
  cut(): void {
    const { weather } = this.#around;
    for (const exchange of [...this.#open]) {
      if (exchange.copy !== undefined) exchange.copy.isDeaf = true;
      if (this.#random.chance(0.5)) exchange.way?.cancel();
      if (weather.resends) this.#transmit(exchange);
      else this.#lose(exchange);
    }
  }

  #transmit(exchange: OpenExchange): void {
    const { weather } = this.#around;
    const copy: Copy = { exchange, isDeaf: false };
    exchange.copy = copy;
    if (this.#random.chance(weather.requestLoss)) this.#lose(exchange);
    else exchange.way = this.#request(exchange, copy);
    if (this.#random.chance(weather.duplicate)) this.#request(exchange, { exchange, isDeaf: true });
  }

  #request(exchange: OpenExchange, copy: Copy): Happening {
    const { scheduler, weather } = this.#around;
    let arrival = scheduler.now + this.#delay(exchange.operation);
    if (weather.keepsOrder) this.#lastRequest = arrival = Math.max(arrival, this.#lastRequest);
    return scheduler.after(arrival - scheduler.now, () =>
      this.server.receive({
        handle: () => this.#execute(exchange, copy),
        refuse: () => {
          this.#log("is refused", exchange);
          if (!copy.isDeaf) this.#lose(exchange);
        },
      }),
    );
  }

  #execute(exchange: OpenExchange, copy: Copy): void {
    const { journal, weather } = this.#around;
    const outcome = this.#outcome(exchange);
    journal.executed(copy, outcome);
    this.#around.ran(exchange, outcome);
    this.#log(`${copy.isDeaf ? "(unheard) " : ""}gets ${outcome}`, exchange);
    if (copy.isDeaf) return;
    if (this.#random.chance(weather.replyLoss)) this.#lose(exchange);
    else this.#reply(exchange, copy, outcome);
  }

  #outcome({ command, operation }: OpenExchange): Outcome {
    const mayRefuse = operation !== "release" && operation !== "verify";
    if (mayRefuse && this.#random.chance(this.#around.weather.refusal))
      return new Error("OOM command not allowed when used memory > 'maxmemory'.");
    try {
      return this.server.execute(command);
    } catch (error) {
      return error as Error;
    }
  }

  #reply(exchange: OpenExchange, copy: Copy, outcome: Outcome): void {
    const { journal, scheduler, weather } = this.#around;
    let arrival = scheduler.now + this.#delay(undefined);
    if (weather.keepsOrder) this.#lastReply = arrival = Math.max(arrival, this.#lastReply);
    scheduler.after(arrival - scheduler.now, () =>
      this.#machine.run(() => {
        if (copy.isDeaf) return;
        exchange.settle((resolve, reject) => {
          journal.answered(copy, outcome);
          this.#log(`hears ${outcome}`, exchange);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        });
      }),
    );
  }

  /** Nothing will come of it; the client says so, or waits for ever. */
  #lose(exchange: OpenExchange): void {
    const { scheduler, weather } = this.#around;
    if (!this.#random.chance(weather.toldLoss)) return;
    scheduler.after(this.#delay(undefined), () =>
      this.#machine.run(() => exchange.settle((_, reject) => reject(new Error("read ECONNRESET")))),
    );
  }

  #delay(operation: Operation | undefined): number {
    const { weather } = this.#around;
    const random = this.#random;
    if (operation !== undefined && random.chance(weather.late[operation] ?? 0))
      return random.between(...weather.ways.stray);
    if (random.chance(weather.stray)) return random.between(...weather.ways.stray);
    return random.between(...weather.ways[random.chance(weather.slow) ? "slow" : "usual"]);
  }

  #log(what: string, { command, operation, value, server }: OpenExchange): void {
    this.#around.log(
      () => `process ${this.#machine.index} ↔ node ${server}: ${command[0]} ${operation} ${value} ${what}`,
    );
  }
}

import type { Command, RedisNode, Reply } from "@redsync/core";
import type { Process } from "@redsync/simulation/process";
import type { Random } from "@redsync/simulation/random";
import type { Scheduler } from "@redsync/simulation/scheduler";
import { addressed, channelOf, readdressed } from "./keys.ts";
import type { Server } from "./server.ts";

/** After how long a client that lost its subscription asks for it again. */
const RESUBSCRIBE_MS = 200;

/** What a connection needs of the run around it. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly process: Process;
  readonly random: Random;
  readonly latency: number;
  /** The share of replies that get lost. */
  readonly loss: number;
  onSend(): void;
}

/** The way from one task to one server, on which nothing overtakes. Messages are late, get lost, or find the way cut. */
export class Connection implements RedisNode {
  isCut = false;
  readonly #server: Server;
  readonly #task: number;
  readonly #around: Surroundings;
  #lastRequest = 0;
  #lastReply = 0;

  constructor(server: Server, task: number, around: Surroundings) {
    this.#server = server;
    this.#task = task;
    this.#around = around;
  }

  send(sent: Command): Promise<Reply> {
    const command = sent.map((text) => addressed(text, this.#task)) as unknown as Command;
    // Clients know that they have no connection, and that such a command was never written.
    if (this.#server.status === "stopped")
      return Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { notSent: true }));
    this.#around.onSend();
    return new Promise((resolve, reject) => {
      this.#request(() =>
        this.#server.receive({
          handle: () => {
            try {
              const reply = this.#server.execute(command);
              this.#reply(() => resolve(reply));
            } catch (error) {
              this.#reply(() => reject(error));
            }
          },
          refuse: () => this.#refuse(reject),
        }),
      );
    });
  }

  subscribe(own: string, onMessage: (message: string) => void): Promise<() => Promise<void>> {
    const { scheduler, process } = this.#around;
    const channel = channelOf(this.#task);
    let isWanted = true;
    let isConfirmed = false;
    const listener = (message: string) =>
      this.#reply(() => isWanted && onMessage(readdressed(message, this.#task, own)));
    return new Promise((resolve) => {
      const subscribe = () => {
        if (!isWanted) return;
        // A client finds out that its connection broke, or was never made, and makes another.
        scheduler.after(RESUBSCRIBE_MS, () => process.run(subscribe));
        if (isConfirmed && this.#server.hears(channel)) return;
        this.#request(() =>
          this.#server.receive({
            handle: () => {
              if (isWanted) this.#server.subscribe(channel, listener);
              this.#reply(() => {
                isConfirmed = true;
                resolve(async () => {
                  isWanted = false;
                  this.#server.unsubscribe(channel);
                });
              });
            },
            refuse: () => {},
          }),
        );
      };
      subscribe();
    });
  }

  #request(arrive: () => void): void {
    const arrival = Math.max(this.#arrival(), this.#lastRequest);
    this.#lastRequest = arrival;
    this.#way(arrival, arrive);
  }

  #reply(arrive: () => void): void {
    const { process, random, loss } = this.#around;
    const arrival = Math.max(this.#arrival(), this.#lastReply);
    this.#lastReply = arrival;
    if (random.chance(loss)) return;
    this.#way(arrival, () => process.run(arrive));
  }

  #refuse(reject: (error: Error) => void): void {
    const { scheduler, process, latency } = this.#around;
    scheduler.after(latency, () => process.run(() => reject(new Error("read ECONNRESET"))));
  }

  #way(arrival: number, arrive: () => void): void {
    const { scheduler } = this.#around;
    if (this.isCut) return;
    scheduler.after(arrival - scheduler.now, () => {
      if (!this.isCut) arrive();
    });
  }

  #arrival(): number {
    const { scheduler, random, latency } = this.#around;
    return scheduler.now + latency * random.between(0.5, 1.5);
  }
}

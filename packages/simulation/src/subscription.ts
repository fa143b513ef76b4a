import { delay } from "./delays.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Server } from "./server.ts";

/** What a subscription needs of its connection. */
export interface Line {
  readonly server: Server;
  readonly process: Process;
  readonly scheduler: Scheduler;
  readonly network: NetworkConditions;
  readonly random: Random;
  readonly log: (line: () => string) => void;
  readonly onCall: (process: Process, server: number, id: string) => void;
}

/** One process that listens to one channel of one server, by a client that subscribes again when its connection broke. */
export class Subscription {
  readonly #line: Line;
  readonly #channel: string;
  readonly #onMessage: (message: string) => void;
  readonly #onConfirmed: () => void;
  #isWanted = true;
  /** Its connection: what an older one brings is lost. */
  #number = 0;

  constructor(line: Line, channel: string, onMessage: (message: string) => void, onConfirmed: () => void) {
    this.#line = line;
    this.#channel = channel;
    this.#onMessage = onMessage;
    this.#onConfirmed = onConfirmed;
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  start(): void {
    const { server, process, scheduler, network, random, log } = this.#line;
    const number = ++this.#number;
    const again = () =>
      scheduler.after(random.between(0.1, 1) * 1_000, () => process.run(() => this.#retry(number)));
    if (random.chance(network.requestLoss)) return void again();
    scheduler.after(delay(network, random), () =>
      server.receive({
        handle: () => {
          if (!this.#isWanted || number !== this.#number || process.isCrashed) return;
          log(() => `process ${process.index} → node ${server.index}: SUBSCRIBE: run`);
          server.subscribe(this.#channel, this);
          scheduler.after(delay(network, random), () =>
            process.run(() => {
              if (number === this.#number) this.#onConfirmed();
            }),
          );
        },
        refuse: () => void again(),
      }),
    );
  }

  /** A message leaves the server for it: it may get lost, come late, or twice. */
  deliver(message: string): void {
    const { process, scheduler, network, random, log, server, onCall } = this.#line;
    const number = this.#number;
    const way = () =>
      random.chance(network.lateCalls) ? random.between(...network.ways.stray) : delay(network, random);
    for (let copies = random.chance(network.doubledCalls) ? 2 : 1; copies > 0; copies--) {
      if (random.chance(network.lostCalls)) {
        log(() => `node ${server.index} → process ${process.index}: a call of ${message} gets lost`);
        continue;
      }
      scheduler.after(way(), () =>
        process.run(() => {
          if (!this.#isWanted || number !== this.#number) return;
          log(() => `node ${server.index} → process ${process.index}: calls ${message}`);
          onCall(process, server.index, message);
          this.#onMessage(message);
        }),
      );
    }
  }

  /** Its connection breaks, and is there again after a while. The server may notice that much later. */
  break(): void {
    const { server, process, scheduler, random, log } = this.#line;
    if (!this.#isWanted) return;
    log(() => `process ${process.index}: its subscription to node ${server.index} breaks`);
    const number = ++this.#number;
    if (random.chance(0.7)) server.unsubscribe(this.#channel, this);
    scheduler.after(random.between(0, 1) * 500, () => process.run(() => this.#retry(number)));
  }

  end(): void {
    this.#isWanted = false;
    this.#line.server.unsubscribe(this.#channel, this);
  }

  #retry(number: number): void {
    if (this.#isWanted && number === this.#number) this.start();
  }
}

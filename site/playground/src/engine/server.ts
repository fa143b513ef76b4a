import type { Command, Reply } from "@redsync/core";
import type { Scheduler } from "@redsync/simulation/scheduler";
import { execute, Keyspace, ScriptCache } from "@redsync/simulation/subject";
import { fence, NAME, queue } from "./keys.ts";

const KEYS = [NAME, fence, queue] as const;
/** For how long a replica has not heard of what its primary wrote. */
const REPLICA_LAG_MS = 150;

type Value = NonNullable<ReturnType<Keyspace["read"]>>;

/** What one key had at some time, or that it was not there. */
interface Copy {
  readonly key: string;
  readonly value: Value | undefined;
  readonly expiresAt: number;
}

/** What becomes of a command that reaches a server, which may be down. */
export interface Arrival {
  handle(): void;
  refuse(): void;
}

/** A Redis server: the store and the script of @redsync/memory, by a clock of its own. */
export class Server {
  readonly keys: Keyspace;
  readonly #scripts = new ScriptCache();
  readonly #scheduler: Scheduler;
  readonly #listeners = new Map<string, (message: string) => void>();
  readonly #inbox: Arrival[] = [];
  /** What its replica has to hear of yet, and the last that it has heard of. */
  #writes: { readonly at: number; readonly copies: readonly Copy[] }[] = [];
  #status: "up" | "frozen" | "stopped" = "up";
  /** By how much its clock is ahead. */
  ahead = 0;

  constructor(scheduler: Scheduler, epoch: number) {
    this.#scheduler = scheduler;
    this.keys = new Keyspace(
      () => this.#clock(),
      () => epoch + this.#clock(),
    );
  }

  get status(): "up" | "frozen" | "stopped" {
    return this.#status;
  }

  receive(arrival: Arrival): void {
    if (this.#status === "up") arrival.handle();
    else if (this.#status === "frozen") this.#inbox.push(arrival);
    else arrival.refuse();
  }

  /** Runs a command. Throws what Redis answers with an error. */
  execute([name, ...args]: Command): Reply {
    const host = {
      keys: this.keys,
      scripts: this.#scripts,
      publish: (channel: string, message: string) => this.#publish(channel, message),
    };
    try {
      return execute(host, name, args);
    } finally {
      this.#replicate();
    }
  }

  subscribe(channel: string, listener: (message: string) => void): void {
    this.#listeners.set(channel, listener);
  }

  /** Whether somebody listens there, as far as it knows. */
  hears(channel: string): boolean {
    return this.#listeners.has(channel);
  }

  unsubscribe(channel: string): void {
    this.#listeners.delete(channel);
  }

  stop(): void {
    this.#status = "stopped";
    this.#scripts.flush();
    this.#listeners.clear();
    for (const arrival of this.#inbox.splice(0)) arrival.refuse();
  }

  freeze(): void {
    if (this.#status === "up") this.#status = "frozen";
  }

  /** Starts or thaws: it has what it had. */
  start(): void {
    this.#status = "up";
    for (const arrival of this.#inbox.splice(0)) arrival.handle();
  }

  /** Its process ends, and another begins without data. */
  restartEmpty(): void {
    this.stop();
    this.keys.clear();
    this.#writes = [];
    this.start();
  }

  /** Its replica takes over, with what it has heard of. */
  failOver(): void {
    const heard = this.#writes.filter(({ at }) => at <= this.#scheduler.now - REPLICA_LAG_MS).at(-1);
    this.restartEmpty();
    for (const { key, value, expiresAt } of heard?.copies ?? [])
      if (value !== undefined && expiresAt > this.#clock())
        this.keys.set(key, value, expiresAt - this.#clock());
  }

  #publish(channel: string, message: string): number {
    const listener = this.#listeners.get(channel);
    listener?.(message);
    return listener === undefined ? 0 : 1;
  }

  #replicate(): void {
    const { now } = this.#scheduler;
    const copies = KEYS.map((key): Copy => {
      const value = this.keys.read(key);
      return {
        key,
        value: value instanceof Map ? new Map(value) : value,
        expiresAt: this.#clock() + (this.keys.ttl(key) ?? 0),
      };
    });
    // Of what the replica has heard of only the last is of use.
    const heard = this.#writes.filter(({ at }) => at <= now - REPLICA_LAG_MS).length;
    this.#writes = [...this.#writes.slice(Math.max(0, heard - 1)), { at: now, copies }];
  }

  /** Whole milliseconds, as a server has them. */
  #clock(): number {
    return Math.floor(this.#scheduler.now) + this.ahead;
  }
}

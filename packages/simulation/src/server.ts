import type { Command, Reply } from "@redsync/core";
import { isGrant } from "./facts.ts";
import type { Limits } from "./limits.ts";
import { EPOCH } from "./process.ts";
import { type Answer, answersOf, type Question } from "./questions.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Subject } from "./simulation.ts";
import type { Subscription } from "./subscription.ts";

/** What becomes of a command that reaches a server, which may be down. */
export interface Arrival {
  handle(): void;
  refuse(): void;
}

/** A command's reply, and the answer to each of its questions. */
interface Executed {
  readonly reply: Reply;
  readonly outcomes: readonly Answer[];
}

/** A server's clocks: how fast they run, and by how many milliseconds its wall clock is off. */
export interface Pace {
  readonly rate: number;
  readonly off: number;
}

/** A Redis server as core's script sees it: memory's store, by the server's own clock, and a script that it has or not. */
export class Server {
  readonly index: number;
  readonly limits: Limits;
  readonly #scheduler: Scheduler;
  readonly #rate: number;
  readonly #off: number;
  readonly #execute: Subject["execute"];
  readonly #store: Parameters<Subject["execute"]>[0];
  readonly #inbox: Arrival[] = [];
  readonly #subscriptions = new Map<string, Set<Subscription>>();
  #state: "up" | "frozen" | "down" = "up";
  /** How many acquires it has granted. */
  acquired = 0;
  /** Without memory to spare: it still deletes, and looks. */
  isFull = false;

  constructor(
    index: number,
    scheduler: Scheduler,
    { rate, off }: Pace,
    limits: Limits,
    { execute, Keyspace, ScriptCache }: Subject,
  ) {
    this.index = index;
    this.limits = limits;
    this.#scheduler = scheduler;
    this.#rate = rate;
    this.#off = off;
    this.#execute = execute;
    this.#store = {
      keys: new Keyspace(
        () => this.#clock(),
        () => this.#wall(),
      ),
      scripts: new ScriptCache(),
      publish: (channel, message) => this.#publish(channel, message),
    };
    this.#refuseWhenFull();
    if (limits.otherType !== undefined) this.#store.keys.set(limits.otherType, ["another type"]);
  }

  /** Whether the value is stored, be the server up or not. A server that is away stores what it had when it went. */
  stores(name: string, value: string): boolean {
    return this.#store.keys.read(name) === value;
  }

  /** What is stored there: a value, or the id of the waiter for which the name is reserved. */
  valueOf(name: string): string | undefined {
    const value = this.#store.keys.read(name);
    return typeof value === "string" ? value : undefined;
  }

  /** The waiters in a name's queue, the first one first, with their scores in microseconds. */
  queue(name: string): readonly (readonly [id: string, score: number])[] {
    const stored = this.#store.keys.read(`{${name}}:queue`);
    if (!(stored instanceof Map)) return [];
    const waiters = [...(stored as ReadonlyMap<string, number>)].filter(([id]) => id.startsWith("~"));
    return waiters.sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  }

  subscribe(channel: string, subscription: Subscription): void {
    const all = this.#subscriptions.get(channel) ?? new Set();
    this.#subscriptions.set(channel, all.add(subscription));
  }

  unsubscribe(channel: string, subscription: Subscription): void {
    this.#subscriptions.get(channel)?.delete(subscription);
  }

  /** How many listen, as far as it knows. */
  get subscribers(): number {
    return [...this.#subscriptions.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Whether anybody hears a call of this waiter, as far as it knows. */
  reaches(id: string): boolean {
    const channel = `redsync:${/^~[a-z]([^:]*):/.exec(id)?.[1]}`;
    return (this.#subscriptions.get(channel)?.size ?? 0) > 0;
  }

  /** Whether anybody's value is stored there. */
  has(name: string): boolean {
    return this.#store.keys.read(name) !== undefined;
  }

  /** The fence of a name, or 0. */
  fence(name: string): number {
    return Number(this.#store.keys.get(`{${name}}:fence`) ?? 0);
  }

  /** Its TIME, in microseconds. */
  time(): number {
    return this.#wall() * 1_000;
  }

  /** True milliseconds until the server's own clock has gone on by `ms`. */
  trueTime(ms: number): number {
    return ms / this.#rate;
  }

  receive(arrival: Arrival): void {
    if (this.#state === "up") arrival.handle();
    else if (this.#state === "frozen") this.#inbox.push(arrival);
    else arrival.refuse();
  }

  freeze(): void {
    this.#state = "frozen";
  }

  thaw(): void {
    this.#state = "up";
    for (const arrival of this.#inbox.splice(0)) arrival.handle();
  }

  kill(): void {
    this.#state = "down";
    this.flushScripts();
    const broken = [...this.#subscriptions.values()].flatMap((all) => [...all]);
    this.#subscriptions.clear();
    for (const subscription of broken) subscription.break();
    for (const arrival of this.#inbox.splice(0)) arrival.refuse();
  }

  start(keepsData: boolean): void {
    this.#state = "up";
    if (!keepsData) this.wipe();
  }

  /** Somebody deletes a key by hand, or sets it. */
  tamper(name: string, value: string | undefined, expiry: number): void {
    if (value === undefined) this.#store.keys.delete(name);
    else this.#store.keys.set(name, value, expiry);
  }

  wipe(): void {
    this.#store.keys.clear();
  }

  flushScripts(): void {
    this.#store.scripts.flush();
  }

  /** Runs EVALSHA or EVAL, all questions at once. Throws what Redis answers with an error. */
  execute([name, ...args]: Command, questions: readonly Question[]): Executed {
    const reply = this.#execute(this.#store, name, args);
    const outcomes = answersOf(reply, questions);
    questions.forEach(({ operation }, at) => {
      if (operation === "acquire" && isGrant(outcomes[at] as Answer)) this.acquired++;
    });
    return { reply, outcomes };
  }

  #publish(channel: string, message: string): number {
    const all = this.#subscriptions.get(channel) ?? [];
    for (const subscription of all) subscription.deliver(message);
    return [...all].length;
  }

  #refuseWhenFull(): void {
    const { keys } = this.#store;
    const set = keys.set.bind(keys);
    keys.set = (...args) => {
      if (this.isFull) throw new Error("OOM command not allowed when used memory > 'maxmemory'.");
      set(...args);
    };
  }

  #wall(): number {
    return EPOCH + this.#off + this.#clock();
  }

  /** Whole milliseconds, so that a key may live for up to one less than was asked for. */
  #clock(): number {
    return Math.floor(this.#scheduler.now * this.#rate);
  }
}

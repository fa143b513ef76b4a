import type { Command, Reply } from "@redsync/core";
import { isGrant } from "./facts.ts";
import type { Limits } from "./limits.ts";
import { EPOCH } from "./process.ts";
import { type Answer, answersOf, type Question } from "./questions.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Subject } from "./simulation.ts";

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
      publish: () => 0,
    };
    this.#refuseWhenFull();
    if (limits.otherType !== undefined) this.#store.keys.set(limits.otherType, ["another type"]);
  }

  /** Whether the value is stored, be the server up or not. A server that is away stores what it had when it went. */
  stores(name: string, value: string): boolean {
    return this.#store.keys.read(name) === value;
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

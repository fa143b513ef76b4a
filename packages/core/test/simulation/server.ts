import { type Command, type Operation, script } from "../../src/index.ts";
import type { Scheduler } from "./scheduler.ts";

/** Ways in which a server may get the scripts wrong: none of them does, other than in a test of the simulation. */
export interface ServerFlaws {
  readonly releaseDoesNotCompare?: boolean;
  readonly acquireDoesNotCompare?: boolean;
}

/** What became of a request that reached a server's machine. */
export interface Arrival {
  handle(): void;
  refuse(): void;
}

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/** What a command asks of core's script. */
export function operationOf([, id, , , , operation]: Command): Operation {
  if (id !== script.sha1 && id !== script.lua) throw new Error(`no script of ours: ${id}`);
  return operation as Operation;
}

/** A Redis server as core's script sees it: keys that expire by its own clock, and a script that it has or not. */
export class Server {
  readonly index: number;
  readonly #scheduler: Scheduler;
  readonly #rate: number;
  readonly #flaws: ServerFlaws;
  #hasScript = false;
  readonly #inbox: Arrival[] = [];
  #keys = new Map<string, Entry>();
  #state: "up" | "frozen" | "down" = "up";

  constructor(index: number, scheduler: Scheduler, rate: number, flaws: ServerFlaws) {
    this.index = index;
    this.#scheduler = scheduler;
    this.#rate = rate;
    this.#flaws = flaws;
  }

  /** Whether the value is stored, be the server up or not. A server that is away stores what it had when it went. */
  stores(name: string, value: string): boolean {
    return this.#get(name) === value;
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
    this.#hasScript = false;
    for (const arrival of this.#inbox.splice(0)) arrival.refuse();
  }

  start(keepsData: boolean): void {
    this.#state = "up";
    if (!keepsData) this.#keys = new Map();
  }

  flushScripts(): void {
    this.#hasScript = false;
  }

  /** Runs EVALSHA or EVAL. Throws what Redis answers with an error. */
  execute(command: Command): number {
    const operation = operationOf(command);
    if (command[0] === "EVAL") this.#hasScript = true;
    if (!this.#hasScript) throw new Error("NOSCRIPT No matching script. Please use EVAL.");
    const [, , , name = "", value = "", , expiry = ""] = command;
    return this[operation](name, value, Number(expiry));
  }

  acquire(name: string, value: string, expiry: number): number {
    const held = this.#get(name);
    if (held !== undefined && held !== value && !this.#flaws.acquireDoesNotCompare) return 0;
    this.#set(name, value, expiry);
    return 1;
  }

  extend(name: string, value: string, expiry: number): number {
    const held = this.#get(name);
    if (held !== value) return held === undefined ? -1 : 0;
    this.#set(name, value, expiry);
    return 1;
  }

  release(name: string, value: string): number {
    const held = this.#get(name);
    if (held !== value && !this.#flaws.releaseDoesNotCompare) return held === undefined ? -1 : 0;
    this.#keys.delete(name);
    return 1;
  }

  verify(name: string, value: string): number {
    const held = this.#get(name);
    if (held !== value) return held === undefined ? -1 : 0;
    return 1;
  }

  #get(name: string): string | undefined {
    const entry = this.#keys.get(name);
    return entry !== undefined && this.#clock() < entry.expiresAt ? entry.value : undefined;
  }

  #set(name: string, value: string, expiry: number): void {
    this.#keys.set(name, { value, expiresAt: this.#clock() + expiry });
  }

  /** Whole milliseconds, so that a key may live for up to one less than was asked for. */
  #clock(): number {
    return Math.floor(this.#scheduler.now * this.#rate);
  }
}

import { type Command, type Operation, script } from "../../src/index.ts";
import { EPOCH } from "./machine.ts";
import type { Scheduler } from "./scheduler.ts";

/** Ways in which a server may get the scripts wrong: none of them does, other than in a test of the simulation. */
export interface ServerFlaws {
  readonly releaseDoesNotCompare?: boolean;
  readonly acquireDoesNotCompare?: boolean;
  readonly repairDoesNotCompare?: boolean;
  readonly doesNotClamp?: boolean;
}

/** What became of a request that reached a server's machine. */
export interface Arrival {
  handle(): void;
  refuse(): void;
}

const SECOND = 1_000_000;

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/** A server's clocks: how fast they run, and by how many milliseconds its wall clock is off. */
export interface Pace {
  readonly rate: number;
  readonly off: number;
}

/** What a command asks of core's script. */
export function operationOf([, id, keys, ...args]: Command): Operation {
  if (id !== script.sha1 && id !== script.lua) throw new Error(`no script of ours: ${id}`);
  return args[Number(keys) + 1] as Operation;
}

/** A Redis server as core's script sees it: keys that expire by its own clock, and a script that it has or not. */
export class Server {
  readonly index: number;
  readonly #scheduler: Scheduler;
  readonly #rate: number;
  readonly #off: number;
  readonly #flaws: ServerFlaws;
  #hasScript = false;
  readonly #inbox: Arrival[] = [];
  #keys = new Map<string, Entry>();
  #state: "up" | "frozen" | "down" = "up";
  /** How many acquires it has granted. */
  acquired = 0;

  constructor(index: number, scheduler: Scheduler, { rate, off }: Pace, flaws: ServerFlaws) {
    this.index = index;
    this.#scheduler = scheduler;
    this.#rate = rate;
    this.#off = off;
    this.#flaws = flaws;
  }

  /** Whether the value is stored, be the server up or not. A server that is away stores what it had when it went. */
  stores(name: string, value: string): boolean {
    return this.#get(name) === value;
  }

  /** The fence of a name, or 0. */
  fence(name: string): number {
    return Number(this.#get(`{${name}}:fence`) ?? 0);
  }

  /** Its TIME, in microseconds. */
  time(): number {
    return (EPOCH + this.#off + this.#clock()) * 1_000;
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
    if (!keepsData) this.wipe();
  }

  /** Somebody deletes a key by hand, or sets it. */
  tamper(name: string, value: string | undefined, expiry: number): void {
    if (value === undefined) this.#keys.delete(name);
    else this.#set(name, value, expiry);
  }

  wipe(): void {
    this.#keys = new Map();
  }

  flushScripts(): void {
    this.#hasScript = false;
  }

  /** Runs EVALSHA or EVAL. Throws what Redis answers with an error. */
  execute(command: Command): number {
    const operation = operationOf(command);
    if (command[0] === "EVAL") this.#hasScript = true;
    if (!this.#hasScript) throw new Error("NOSCRIPT No matching script. Please use EVAL.");
    const [, , keys, ...args] = command;
    const [name = "", fence] = args.slice(0, Number(keys));
    const [value = "", , expiry, token, retention] = args.slice(Number(keys));
    const answer = this[operation](name, value, Number(expiry));
    if (fence === undefined || answer !== 1) return answer;
    const stored = this.#raise(fence, operation, Number(token), Number(retention));
    return operation === "acquire" ? stored : answer;
  }

  acquire(name: string, value: string, expiry: number): number {
    const answer = this.#take(name, value, expiry, this.#flaws.acquireDoesNotCompare);
    this.acquired += answer;
    return answer;
  }

  repair(name: string, value: string, expiry: number): number {
    return this.#take(name, value, expiry, this.#flaws.repairDoesNotCompare);
  }

  extend(name: string, value: string, expiry: number): number {
    const held = this.#get(name);
    if (held !== value) return held === undefined ? -1 : 0;
    this.#set(name, value, expiry);
    return 1;
  }

  adopt(name: string, value: string, expiry: number): number {
    return this.extend(name, value, expiry);
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

  #take(name: string, value: string, expiry: number, anyway = false): number {
    const held = this.#get(name);
    if (held !== undefined && held !== value && !anyway) return 0;
    this.#set(name, value, expiry);
    return 1;
  }

  /** Moves a fence on, and returns what it is then. */
  #raise(fence: string, operation: Operation, token: number, retention: number): number {
    const text = this.#get(fence);
    let next = Math.max(token, Number(text ?? 0));
    if (operation === "acquire") {
      const now = this.time();
      const kept = this.#flaws.doesNotClamp ? token : Math.max(now - SECOND, Math.min(now + SECOND, token));
      next = text === undefined ? kept : Math.max(kept, Number(text) + 1);
    }
    this.#set(fence, String(next), retention);
    return next;
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

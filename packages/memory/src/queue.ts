import type { Keyspace } from "./keyspace.ts";

/** Behind all waiters: the value that was released last. */
const RELEASED_SCORE = Number.MAX_SAFE_INTEGER;
const LEAST_TTL_MS = 60_000;
const SECOND = 1_000_000;

/** A waiter as its entry tells of it. */
interface Waiter {
  readonly id: string;
  readonly score: number;
  /** Whether it comes after the one that has the name next: its attempt is undone. */
  readonly isLater: boolean;
}

/** What of a server a queue needs. */
export interface QueueHost {
  readonly keys: Keyspace;
  publish(channel: string, message: string): number;
}

/** A name's queue in a question of core's script. Nothing of it changes an answer: a key of another type is an empty queue. */
export class Queue {
  readonly #host: QueueHost;
  readonly #key: string;
  readonly waiter: Waiter | undefined;

  constructor(host: QueueHost, key: string, entry: string) {
    this.#host = host;
    this.#key = key;
    this.waiter = this.#read(entry);
  }

  /** Gives a free name to the first one that can have it. Returns who has it then, if it is not the waiter that asks. */
  passOn(name: string, asker: "takes" | "releases", value: string, expiry: number): string | undefined {
    const { keys } = this.#host;
    if (this.#first() !== undefined && this.waiter && !this.waiter.isLater) this.#add(this.waiter);
    for (let first = this.#first(); first?.startsWith("~"); first = this.#first()) {
      this.remove(first);
      const [, kind, channel, span] = /^~([A-Za-z])([^:]*):[^:]*:(\d+):/.exec(first) ?? [];
      if (kind === undefined) continue;
      const isOwn = first === this.waiter?.id && !this.waiter.isLater;
      const reached = isOwn || kind === "p" ? 1 : this.#host.publish(`redsync:${channel}`, first);
      if (reached === 0 && kind !== "u") continue;
      if (isOwn && asker === "takes") return undefined;
      // A server refuses that.
      if (Number(span) <= 0) return undefined;
      if (!isDone(() => keys.set(name, first, Number(span)))) return undefined;
      if (asker === "releases" && !value.startsWith("~")) this.#remember(value, expiry);
      return first;
    }
    return undefined;
  }

  remove(id: string): void {
    const members = this.#members();
    if (members?.delete(id) && members.size === 0) this.#host.keys.delete(this.#key);
  }

  /** Whether the value was released last. */
  hasReleased(value: string): boolean {
    return this.#members()?.has(`=${value}`) === true;
  }

  /** How many wait. */
  get length(): number {
    return this.#sorted().filter((id) => id.startsWith("~")).length;
  }

  /** Enters the waiter, if it is not there. Returns how many are before it. */
  enter(waiter: Waiter, expiry: number): number | undefined {
    this.#add(waiter);
    const place = this.#sorted().indexOf(waiter.id);
    if (place < 0) return undefined;
    const { keys } = this.#host;
    const wanted = Math.max(LEAST_TTL_MS, 3 * expiry);
    if ((keys.ttl(this.#key) as number) < wanted) isDone(() => keys.expire(this.#key, wanted));
    return place;
  }

  #add({ id, score }: Waiter): void {
    const { keys } = this.#host;
    const stored = keys.read(this.#key);
    if (stored === undefined) isDone(() => keys.set(this.#key, new Map([[id, score]]), LEAST_TTL_MS));
    else if (stored instanceof Map && !stored.has(id)) stored.set(id, score);
  }

  #remember(value: string, expiry: number): void {
    const { keys } = this.#host;
    for (const [id, score] of this.#members() ?? []) if (score >= RELEASED_SCORE) this.remove(id);
    const isAlone = this.#members() === undefined;
    this.#add({ id: `=${value}`, score: RELEASED_SCORE, isLater: false });
    if (isAlone) isDone(() => keys.expire(this.#key, expiry));
  }

  #first(): string | undefined {
    return this.#sorted()[0];
  }

  #sorted(): readonly string[] {
    return inOrder(this.#members() ?? new Map());
  }

  #members(): Map<string, number> | undefined {
    const stored = this.#host.keys.read(this.#key);
    return stored instanceof Map ? stored : undefined;
  }

  #read(entry: string): Waiter | undefined {
    const [, plus, score, waited, id] = /^(\+?)(\d+) (\d+) (.+)$/s.exec(entry) ?? [];
    if (id === undefined) return undefined;
    const since = Math.floor(this.#host.keys.time() * 1_000) - Number(waited);
    const kept = Math.max(Math.min(Number(score), since + SECOND), since - SECOND);
    return { id, score: Math.floor(kept), isLater: plus === "+" };
  }
}

/** The members of a sorted set as Redis has them: by score, then by name. */
export function inOrder(members: ReadonlyMap<string, number>): string[] {
  return [...members].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).map(([member]) => member);
}

/** A server whose memory is full refuses to keep more, and the queue changes no answer. (The simulation's servers are full at times.) */
function isDone(keep: () => unknown): boolean {
  try {
    keep();
    return true;
  } catch {
    return false;
  }
}

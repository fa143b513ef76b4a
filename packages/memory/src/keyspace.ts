/** A string, a list, or a sorted set. */
type Value = string | string[] | Map<string, number>;

interface Entry {
  readonly value: Value;
  readonly expiresAt: number;
}

/** Redis' own words for a key that holds another type. */
export const WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

const SWEEP_EVERY = 1_024;

/** Keys that expire: on access, as far as anybody can tell, and by a sweep every so many writes, so that none piles up. */
export class Keyspace {
  /** The wall clock, in milliseconds, which TIME tells. */
  readonly time: () => number;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  #writes = 0;

  constructor(now: () => number, time: () => number = () => Date.now()) {
    this.#now = now;
    this.time = time;
  }

  /** The key's value, as whatever type it has. */
  read(key: string): Value | undefined {
    return this.#live(key)?.value;
  }

  /** The key's string. Throws Redis' own error for another type. */
  get(key: string): string | undefined {
    const value = this.read(key);
    if (value === undefined || typeof value === "string") return value;
    throw new Error(WRONGTYPE);
  }

  set(key: string, value: Value, ttl: number = Number.POSITIVE_INFINITY): void {
    if (++this.#writes % SWEEP_EVERY === 0) for (const each of this.#entries.keys()) this.#live(each);
    this.#entries.set(key, { value, expiresAt: this.#now() + ttl });
  }

  expire(key: string, ttl: number): boolean {
    const entry = this.#live(key);
    if (entry !== undefined) this.set(key, entry.value, ttl);
    return entry !== undefined;
  }

  /** Milliseconds until the key expires: Infinity for never, undefined for a missing key. */
  ttl(key: string): number | undefined {
    const entry = this.#live(key);
    return entry && entry.expiresAt - this.#now();
  }

  delete(key: string): boolean {
    return this.#live(key) !== undefined && this.#entries.delete(key);
  }

  clear(): "OK" {
    this.#entries.clear();
    return "OK";
  }

  get size(): number {
    return this.#entries.size;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt > this.#now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}

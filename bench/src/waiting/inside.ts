import type { Redis } from "ioredis";

/** The keys of the observer for one lock: the Go program uses the same. */
const insideKey = (name: string): string => `${name}:inside`;
export const ownersKey = (name: string): string => `${name}:owners`;

/** Tells the observer who enters and leaves: whether two hold the lock at once is not for the lock to say. */
export class Inside {
  readonly #observer: Redis;
  readonly #name: string;

  constructor(observer: Redis, name: string) {
    this.#observer = observer;
    this.#name = name;
  }

  /** Resolves with whether somebody else was inside. */
  async enter(owner: string): Promise<boolean> {
    const [inside] = await Promise.all([
      this.#observer.incr(insideKey(this.#name)),
      this.#observer.xadd(ownersKey(this.#name), "*", "owner", owner),
    ]);
    return inside !== 1;
  }

  /** The lock may be let go once this has resolved: the next one must not be counted before. */
  async leave(): Promise<void> {
    await this.#observer.decr(insideKey(this.#name));
  }
}

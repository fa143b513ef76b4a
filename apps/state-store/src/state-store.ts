import type { LockOptions, Redsync } from "@redsync/core";
import type { Redis } from "ioredis";

/** Writes all values or none: none if one of them was written under a later lock. */
const WRITE = `
local token = tonumber(ARGV[1])
for _, key in ipairs(KEYS) do
  if tonumber(redis.call("HGET", key, "fence") or 0) > token then return 0 end
end
for index, key in ipairs(KEYS) do
  redis.call("HSET", key, "value", ARGV[index + 1], "fence", ARGV[1])
end
return 1`;

/** The lock was lost before the write, and somebody has written since then. Nothing was written. */
export class StaleWriteError extends Error {
  override readonly name = "StaleWriteError";
}

/** Values by key, in Redis. Whoever changes some of them is alone with these. */
export class StateStore<Value> {
  readonly #redis: Redis;
  readonly #redsync: Redsync;

  constructor(redis: Redis, redsync: Redsync) {
    this.#redis = redis;
    this.#redsync = redsync;
  }

  /** What is there, for those that only look. It may be over when it arrives. */
  async get(keys: readonly string[]): Promise<Map<string, Value>> {
    const found = await Promise.all(keys.map((key) => this.#redis.hget(key, "value")));
    return new Map(keys.flatMap((key, index) => entryOf<Value>(key, found[index])));
  }

  /**
   * Has the values changed: `change` is given what is there, and returns what is to be written, all of it or nothing. Nobody else changes
   * one of these keys meanwhile, in whatever order they are given.
   *
   * Rejects as `mutex.using()` does, with what `change` rejects with, and with a `StaleWriteError`.
   */
  mutate(
    keys: readonly string[],
    change: (
      values: ReadonlyMap<string, Value>,
    ) => Iterable<[string, Value]> | Promise<Iterable<[string, Value]>>,
    options?: LockOptions,
  ): Promise<void> {
    const mutex = this.#redsync.mutex(
      keys.map((key) => `lock:${key}`),
      { fencing: true },
    );
    return mutex.using(async (lock) => {
      const changed = [...(await change(await this.get(keys)))];
      if (changed.length === 0) return;
      // By the clock; what comes too late all the same is refused by its token.
      lock.assertHeld();
      await this.#write(changed, lock.token);
    }, options);
  }

  async #write(entries: readonly [string, Value][], token: number): Promise<void> {
    const keys = entries.map(([key]) => key);
    const values = entries.map(([, value]) => JSON.stringify(value));
    const isWritten = await this.#redis.eval(WRITE, keys.length, ...keys, token, ...values);
    if (isWritten !== 1)
      throw new StaleWriteError(`somebody with a later lock has written ${keys.join(", ")}`);
  }
}

function entryOf<Value>(key: string, text: string | null | undefined): [string, Value][] {
  return text ? [[key, JSON.parse(text)]] : [];
}

import type { LockOptions, Redsync } from "@redsync/core";
import type { Redis } from "ioredis";

/**
 * Shows a token for all keys, and is refused if one of them has seen a later one. Else it writes those values that are given (an empty
 * text leaves one as it is), and returns what is there.
 */
const ACCESS = `
local token = tonumber(ARGV[1])
for _, key in ipairs(KEYS) do
  if tonumber(redis.call("HGET", key, "fence") or 0) > token then return false end
end
local values = {}
for index, key in ipairs(KEYS) do
  redis.call("HSET", key, "fence", ARGV[1])
  local value = ARGV[index + 1] or ""
  if value ~= "" then redis.call("HSET", key, "value", value) end
  values[index] = redis.call("HGET", key, "value")
end
return values`;

/** The lock was lost, and somebody with a later one has read or written since then. Nothing was written. */
export class StaleError extends Error {
  override readonly name = "StaleError";
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
    return valuesOf(keys, await Promise.all(keys.map((key) => this.#redis.hget(key, "value"))));
  }

  /**
   * Has the values changed: `change` is given what is there, and returns what is to be written, all of it or nothing. Nobody else changes
   * one of these keys meanwhile, in whatever order they are given.
   *
   * Resolves if it was written. Rejects as `mutex.using()` does, with what `change` rejects with, and with a `StaleError`.
   */
  async mutate(
    keys: readonly string[],
    change: (
      values: ReadonlyMap<string, Value>,
    ) => Iterable<[string, Value]> | Promise<Iterable<[string, Value]>>,
    options?: LockOptions,
  ): Promise<void> {
    const names = keys.map((key) => `lock:${key}`);
    let isWritten = false;
    try {
      await this.#redsync.mutex(names, { fencing: true }).using(async (lock) => {
        // Read with the token: what somebody before us still has on its way is refused from here on.
        const changed = new Map(await change(await this.#access(lock.token, keys)));
        for (const key of changed.keys())
          if (!keys.includes(key)) throw new TypeError(`${key} is to be changed, and is not locked`);
        if (changed.size === 0) return;
        // By the clock; what comes too late all the same is refused by its token.
        lock.assertHeld();
        await this.#access(lock.token, keys, changed);
        isWritten = true;
      }, options);
    } catch (error) {
      // Written is written: nobody with a later lock had read by then, whatever has become of ours.
      if (!isWritten) throw error;
    }
  }

  async #access(
    token: number,
    keys: readonly string[],
    changed?: ReadonlyMap<string, Value>,
  ): Promise<Map<string, Value>> {
    const texts = keys.map((key) => (changed?.has(key) ? JSON.stringify(changed.get(key)) : ""));
    const found = await this.#redis.eval(ACCESS, keys.length, ...keys, token, ...texts);
    if (found === null) throw new StaleError(`somebody with a later lock was at ${keys.join(", ")}`);
    return valuesOf(keys, found as (string | null)[]);
  }
}

function valuesOf<Value>(keys: readonly string[], texts: readonly (string | null)[]): Map<string, Value> {
  return new Map(
    keys.flatMap((key, index) => {
      const text = texts[index];
      return text ? [[key, JSON.parse(text)]] : [];
    }),
  );
}

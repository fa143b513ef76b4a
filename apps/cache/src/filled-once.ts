import { setTimeout as sleep } from "node:timers/promises";
import type { Redsync } from "@redsync/core";
import type { Redis } from "ioredis";

/** Where values are kept, and how long. */
export interface Cache {
  readonly redis: Redis;
  readonly redsync: Redsync;
  /** How long a value is kept, in ms. */
  readonly ttl: number;
  /** How long the others wait for a process that died while it computed, in ms. Computing may take longer. */
  readonly expiry: number;
}

/**
 * Resolves to the value under the key. Where there is none, one of all who ask computes it, and the others wait for that.
 *
 * Rejects with what `compute` rejects with, in the process that computed; one of the others tries next.
 */
export async function filledOnce(
  { redis, redsync, ttl, expiry }: Cache,
  key: string,
  compute: () => Promise<string>,
  signal?: AbortSignal,
): Promise<string> {
  // Extended while the value is computed: the lock lasts as long as that, and not much longer than this process. By default a
  // round may take a twentieth of the expiry: little where that is short, and the machine is busy.
  const mutex = redsync.mutex(`lock:filling:${key}`, { expiry, autoExtend: true, timeoutFactor: 0.5 });
  for (;;) {
    const found = await redis.get(key);
    if (found !== null) return found;
    {
      // Where it is lost all the same, the worst is a value that is computed twice.
      await using lock = await mutex.tryLock({ signal });
      if (lock !== null) return await fill();
    }
    // Not lock(): who waits is after the value, not after a turn of its own.
    await sleep(25 + Math.random() * 50, undefined, { signal });
  }

  async function fill(): Promise<string> {
    // Another one may have filled it, and left, since we looked.
    const found = await redis.get(key);
    if (found !== null) return found;
    const value = await compute();
    await redis.set(key, value, "PX", ttl);
    return value;
  }
}

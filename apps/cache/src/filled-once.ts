import { setTimeout as sleep } from "node:timers/promises";
import type { Lock, Redsync } from "@redsync/core";
import type { Redis } from "ioredis";

/** Where values are kept, and how long. */
export interface Cache {
  readonly redis: Redis;
  readonly redsync: Redsync;
  /** How long a value is kept, in ms. */
  readonly ttl: number;
  /** How long the others wait for a process that died while it computed, in ms. Computing may take longer than that. */
  readonly expiry: number;
  /** How long the others wait for a process that hangs over it, in ms: computing may take no longer. Default: one minute. */
  readonly maxHold?: number;
}

/**
 * Resolves to the value under the key. Where there is none, one of all who ask computes it, and the others wait for that. `compute` is
 * to end when its signal aborts: its lock is lost, after `maxHold` at the latest, or the caller's signal has aborted.
 *
 * Rejects with what `compute` rejects with, in the process that computed; one of the others tries next.
 */
export async function filledOnce(
  { redis, redsync, ttl, expiry, maxHold = 60_000 }: Cache,
  key: string,
  compute: (signal: AbortSignal) => Promise<string>,
  signal?: AbortSignal,
): Promise<string> {
  // Extended while the value is computed: the lock lasts as long as that, and not much longer than this process. By default a
  // round may take a twentieth of the expiry: little where that is short, and the machine is busy.
  const mutex = redsync.mutex(`lock:filling:${key}`, {
    expiry,
    autoExtend: true,
    maxHold,
    timeoutFactor: 0.5,
  });
  for (;;) {
    const found = await redis.get(key);
    if (found !== null) return found;
    {
      await using lock = await mutex.tryLock({ signal });
      if (lock !== null) return await fill(lock);
    }
    // Not lock(): who waits is after the value, not after a turn of its own.
    await sleep(25 + Math.random() * 50, undefined, { signal });
  }

  async function fill(lock: Lock): Promise<string> {
    // Another one may have filled it, and left, since we looked.
    const found = await redis.get(key);
    if (found !== null) return found;
    const value = await compute(signal ? AbortSignal.any([lock.signal, signal]) : lock.signal);
    // Whoever has lost the lock keeps its value to itself: others may have a newer one by now. By the clock, and by NX what comes too
    // late all the same.
    if (lock.remaining() > 0) await redis.set(key, value, "PX", ttl, "NX");
    return value;
  }
}

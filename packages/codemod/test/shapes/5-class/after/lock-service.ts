import type { Redis } from "ioredis";
import { isRedsyncError, type Lock, type MutexOptions, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";

const settings: Partial<MutexOptions> = { tries: 21, retryDelay: () => 50 + Math.random() * 100 };

export class LockService {
  private readonly redlock: Redsync;
  private readonly held = new Map<string, Lock>();
  private current?: Lock;

  constructor(private readonly redis: Redis) {
    this.redlock = new Redsync([ioredisNode(this.redis)], {
      ...settings,
      onEvent: (event) => {
        if (event.type !== "nodeFailed") return;
        const err = event.error;
        // Others may hold it.
        console.error("redis failed", err);
      },
    });
  }

  private key(resource: string): string {
    return `lock:${resource}`;
  }

  async withLock<T>(resource: string, ttl: number, work: () => Promise<T>): Promise<T> {
    const lock = await this.redlock.mutex(this.key(resource), { expiry: ttl }).lock();
    try {
      return await work();
    } finally {
      await lock.unlock();
    }
  }

  async tryOnce(resource: string): Promise<boolean> {
    let lock: Lock | undefined;
    try {
      lock = await this.redlock.mutex(this.key(resource), { expiry: 60_000, tries: 1 }).lock();
      this.current = lock;
      this.held.set(resource, lock);
      return lock.remaining() > 0;
    } catch (error) {
      if (!isRedsyncError(error)) throw error;
      return false;
    } finally {
      await this.held.get(resource)?.unlock();
      if (this.current) await this.current.unlock().catch(() => {});
    }
  }
}

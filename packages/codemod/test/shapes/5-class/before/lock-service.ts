import type { Redis } from "ioredis";
import Redlock, { ExecutionError, type Lock, ResourceLockedError, type Settings } from "redlock";

const settings: Partial<Settings> = { retryCount: 20, retryDelay: 100, retryJitter: 50 };

export class LockService {
  private readonly redlock: Redlock;
  private readonly held = new Map<string, Lock>();
  private current?: Lock;

  constructor(private readonly redis: Redis) {
    this.redlock = new Redlock([this.redis], settings);
    this.redlock.on("error", (err) => {
      // Others may hold it.
      if (!(err instanceof ResourceLockedError)) console.error("redis failed", err);
    });
  }

  private key(resource: string): string {
    return `lock:${resource}`;
  }

  async withLock<T>(resource: string, ttl: number, work: () => Promise<T>): Promise<T> {
    const lock = await this.redlock.acquire([this.key(resource)], ttl);
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }

  async tryOnce(resource: string): Promise<boolean> {
    let lock: Lock | undefined;
    try {
      lock = await this.redlock.acquire([this.key(resource)], 60_000, { retryCount: 0 });
      this.current = lock;
      this.held.set(resource, lock);
      return lock.expiration > Date.now();
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      return false;
    } finally {
      await this.held.get(resource)?.release();
      if (this.current) await this.current.release().catch(() => {});
    }
  }
}

import Redlock, { type ExecutionStats, type Lock, type Settings } from "redlock";
import type { Redis } from "ioredis";

export class Leader {
  private redlock: Redlock;
  private lock: Lock | null = null;

  constructor(redis: Redis, private readonly settings?: Settings) {
    this.redlock = new Redlock([redis], this.settings);
    this.listen();
  }

  private listen(): void {
    this.redlock.on("error", (error) => console.error(error));
  }

  async stand(options: Partial<Settings>): Promise<void> {
    this.lock = await this.redlock.acquire(["leader"], 10_000, options);
    console.log(this.lock.value, this.lock.attempts.length);
  }

  /** Longer than it was acquired for. */
  async stay(): Promise<void> {
    if (this.lock) this.lock = await this.lock.extend(60_000);
  }

  async votes(): Promise<ExecutionStats[]> {
    return Promise.all(this.lock?.attempts ?? []);
  }

  async resign(): Promise<void> {
    const { attempts } = await this.redlock.release(this.lock!);
    console.log(attempts.length, this.redlock.clients.size);
  }
}

export class OwnRedlock extends Redlock {}

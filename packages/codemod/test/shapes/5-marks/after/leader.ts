import Redlock, { type ExecutionStats } from "redlock";
import { type Lock, type MutexOptions, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import type { Redis } from "ioredis";

export class Leader {
  private redlock: Redsync;
  private lock: Lock | null = null;

  constructor(redis: Redis, private readonly settings?: MutexOptions) {
    // TODO(redsync): this.settings must be options of redsync: tries (retryCount + 1), retryDelay, driftFactor
    this.redlock = new Redsync([ioredisNode(redis)], this.settings);
    this.listen();
  }

  private listen(): void {
    // TODO(redsync): a Redsync has no on(): move it into the option onEvent of new Redsync(), for events of the type "nodeFailed"
    this.redlock.on("error", (error) => console.error(error));
  }

  async stand(options: Partial<MutexOptions>): Promise<void> {
    // TODO(redsync): options must be options of redsync: tries (retryCount + 1), retryDelay, driftFactor
    this.lock = await this.redlock.mutex("leader", { expiry: 10_000, ...options }).lock();
    // TODO(redsync): a value is another text here, and proves ownership: to give the lock to another process, see handOver() and adopt()
    // TODO(redsync): a lock does not tell of its attempts: see the event "acquired" of onEvent
    console.log(this.lock.value, this.lock.attempts.length);
  }

  /** Longer than it was acquired for. */
  async stay(): Promise<void> {
    // TODO(redsync): extend() takes no duration, it extends to the expiry of the mutex, and resolves to nothing: drop the duration if it is that expiry, else handOver() the lock, and adopt() it by a mutex with another one
    if (this.lock) this.lock = await this.lock.extend(60_000);
  }

  // TODO(redsync): redsync has no such type: NodeOutcome is what one node said, and error.outcomes has what all of them said
  async votes(): Promise<ExecutionStats[]> {
    // TODO(redsync): a lock does not tell of its attempts: see the event "acquired" of onEvent
    return Promise.all(this.lock?.attempts ?? []);
  }

  async resign(): Promise<void> {
    // TODO(redsync): the result of unlock() is another one: it resolves to "released", "expired" or "taken", and rejects if too few nodes answered
    const { attempts } = await this.lock!.unlock();
    // TODO(redsync): a Redsync has no clients: its methods are mutex(), settled() and close()
    console.log(attempts.length, this.redlock.clients.size);
  }
}

// TODO(redsync): Redsync is no class to be extended: keep one in a field
export class OwnRedlock extends Redlock {}

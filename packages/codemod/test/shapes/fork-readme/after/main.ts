import Redis from "ioredis";
import { type Lock, type MutexOptions, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";

const redis = new Redis(process.env.REDIS_URL!);

class Accounts {
  private readonly redlock: Redsync;

  constructor(settings: MutexOptions | undefined = undefined) {
    // TODO(redsync): settings must be options of redsync: tries (retryCount + 1), retryDelay, driftFactor
    this.redlock = settings ? new Redsync([ioredisNode(redis)], settings) : new Redsync([ioredisNode(redis)], { tries: 5, retryDelay: () => 5 + Math.random() * 10 });
  }

  async move(from: string, to: string): Promise<string> {
    return await this.redlock.mutex([from, to], { expiry: 60_000 }).using(async (lock) => {
      if (lock.signal.aborted) {
        throw lock.signal.reason;
      }
      return `${names(lock)}, ${lock.names.length}`;
    });
  }

  async peek(id: string): Promise<boolean> {
    const lock = await this.redlock.mutex(id, { expiry: 60_000 }).lock();
    await lock.extend();
    const extended = lock;
    const isValid = extended.remaining() > 0;
    await extended.unlock();
    return isValid;
  }
}

function names(lock: Lock): string {
  return lock.names.join("+");
}

const accounts = new Accounts();
console.log(await accounts.move("anna", "ben"));
console.log(await accounts.peek("anna"), await redis.dbsize());
redis.disconnect();

import Redis from "ioredis";
import { Redlock, type Lock, type Settings } from "@sesamecare-oss/redlock";

const redis = new Redis(process.env.REDIS_URL!);

class Accounts {
  private readonly redlock: Redlock;

  constructor(settings: Settings | undefined = undefined) {
    this.redlock = settings ? new Redlock([redis], settings) : new Redlock([redis], { retryCount: 4, retryDelay: 10, retryJitter: 5 });
  }

  async move(from: string, to: string): Promise<string> {
    return await this.redlock.using([from, to], 60_000, async (signal, context) => {
      if (signal.aborted) {
        throw signal.error;
      }
      return `${names(context.lock)}, ${context.lock.resources.length}`;
    });
  }

  async peek(id: string): Promise<boolean> {
    const lock = await this.redlock.acquire([id], 60_000);
    const extended = await lock.extend(60_000);
    const isValid = extended.expiration > Date.now();
    await extended.release();
    return isValid;
  }
}

function names(lock: Lock): string {
  return lock.resources.join("+");
}

const accounts = new Accounts();
console.log(await accounts.move("anna", "ben"));
console.log(await accounts.peek("anna"), await redis.dbsize());
redis.disconnect();

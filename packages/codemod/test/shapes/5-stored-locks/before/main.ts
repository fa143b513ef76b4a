import { Redis } from "ioredis";
import Redlock, { type Lock } from "redlock";

const redis = new Redis(process.env.REDIS_URL!);
const redlock = new Redlock([redis], { retryCount: 4, retryDelay: 10, retryJitter: 5 });

const TTL = 60_000;

/** By name, in a typed object. */
class Desks {
  private readonly byName: Record<string, Lock> = {};

  async take(name: string): Promise<void> {
    this.byName[name] = await redlock.acquire([name], TTL);
  }

  async stay(name: string): Promise<boolean> {
    this.byName[name] = await this.byName[name].extend(TTL);
    return this.byName[name].expiration > Date.now();
  }

  async free(name: string): Promise<void> {
    await this.byName[name].release();
    delete this.byName[name];
  }
}

async function inMap(names: string[]): Promise<string> {
  const held = new Map();
  for (const name of names) held.set(name, await redlock.acquire([name], TTL));
  const count = await redis.exists(...names);
  for (const [, lock] of held) await lock.release();
  return `a Map with ${count}`;
}

async function inArray(names: string[]): Promise<string> {
  const held: Lock[] = [];
  for (const name of names) held.push(await redlock.acquire([name], TTL));
  held[0] = await held[0].extend(TTL);
  const count = held.flatMap((each) => each.resources).length;
  await held.pop()?.release();
  await Promise.all(held.map((each) => each.release()));
  return `an array with ${count}`;
}

async function inObject(names: string[]): Promise<string> {
  const held = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await redlock.acquire([name], TTL)] as const)),
  );
  const count = Object.keys(held).length;
  for (const each of Object.values(held)) await each.release();
  return `an object with ${count}`;
}

const desks = new Desks();
await desks.take("desk");
console.log("kept", await desks.stay("desk"), await redis.exists("desk"));
await desks.free("desk");
console.log(await inMap(["a", "b"]));
console.log(await inArray(["a", "b", "c"]));
console.log(await inObject(["a", "b"]));
console.log(await redlock.using<string>(["a"], TTL, async () => "typed"));
console.log(await redis.exists("desk", "a", "b", "c"));
redis.disconnect();

import { Redis } from "ioredis";
import { type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";

const redis = new Redis(process.env.REDIS_URL!);
const redlock = new Redsync([ioredisNode(redis)], { tries: 5, retryDelay: () => 5 + Math.random() * 10 });

const TTL = 60_000;

/** By name, in a typed object. */
class Desks {
  private readonly byName: Record<string, Lock> = {};

  async take(name: string): Promise<void> {
    this.byName[name] = await redlock.mutex(name, { expiry: TTL }).lock();
  }

  async stay(name: string): Promise<boolean> {
    await this.byName[name].extend();
    return this.byName[name].remaining() > 0;
  }

  async free(name: string): Promise<void> {
    await this.byName[name].unlock();
    delete this.byName[name];
  }
}

async function inMap(names: string[]): Promise<string> {
  const held = new Map();
  for (const name of names) held.set(name, await redlock.mutex(name, { expiry: TTL }).lock());
  const count = await redis.exists(...names);
  for (const [, lock] of held) await lock.unlock();
  return `a Map with ${count}`;
}

async function inArray(names: string[]): Promise<string> {
  const held: Lock[] = [];
  for (const name of names) held.push(await redlock.mutex(name, { expiry: TTL }).lock());
  await held[0].extend();
  const count = held.flatMap((each) => each.names).length;
  await held.pop()?.unlock();
  await Promise.all(held.map((each) => each.unlock()));
  return `an array with ${count}`;
}

async function inObject(names: string[]): Promise<string> {
  const held = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await redlock.mutex(name, { expiry: TTL }).lock()] as const)),
  );
  const count = Object.keys(held).length;
  for (const each of Object.values(held)) await each.unlock();
  return `an object with ${count}`;
}

const desks = new Desks();
await desks.take("desk");
console.log("kept", await desks.stay("desk"), await redis.exists("desk"));
await desks.free("desk");
console.log(await inMap(["a", "b"]));
console.log(await inArray(["a", "b", "c"]));
console.log(await inObject(["a", "b"]));
console.log(await redlock.mutex("a", { expiry: TTL }).using<string>(async () => "typed"));
console.log(await redis.exists("desk", "a", "b", "c"));
redis.disconnect();

import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { LockLostError, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect, it } from "vitest";

const HOUR_MS = 3_600_000;
// So long that no lock ends by itself here, however slow the machine is.
const expiry = 120_000;

/** A cache in the same Redis: entries of 100 kB, each good for an hour, until `isEnough`. */
async function fill(server: RedisServer, isEnough: () => Promise<boolean>): Promise<number> {
  for (let entries = 0; entries < 200; entries++) {
    if (await isEnough()) return entries;
    const entry = "x".repeat(100_000);
    await server.command("SET", `cache:${entries}`, entry, "PX", String(HOUR_MS));
  }
  throw new Error("200 entries of 100 kB have not filled a memory of some MB");
}

async function limitMemory(server: RedisServer): Promise<void> {
  const used = /used_memory:(\d+)/.exec(String(await server.command("INFO", "memory")))?.[1];
  await server.command("CONFIG", "SET", "maxmemory", String(Number(used) + 5_000_000));
}

it("a memory that fills up evicts a lock before the cache, and another one gets the name", async () => {
  // With more samples than keys, Redis finds the key that ends first.
  const config = { "maxmemory-policy": "volatile-ttl", "maxmemory-samples": "64" };
  await using server = await startServer({ config });
  const client = new Redis(server.port);
  const mutex = new Redsync(ioredisNode(client)).mutex("evicted", { expiry });
  const lock = await mutex.lock();
  await limitMemory(server);

  const isGone = async () => (await server.command("EXISTS", "evicted")) === 0;
  const entries = await fill(server, isGone);
  // The lock was too small to make room: entries followed it, but none went before.
  expect(await server.command("DBSIZE")).toBeGreaterThan(entries / 2);
  const other = await mutex.tryLock();
  // Two holders, by their clocks.
  expect(other?.remaining()).toBeGreaterThan(0);
  expect(lock.remaining()).toBeGreaterThan(0);
  await expect(lock.extend()).rejects.toThrow(LockLostError);
  client.disconnect();
});

it.each([false, true])(
  "with noeviction a full memory refuses the cache, and a lock stays, is extended and unlocked (fencing: %s)",
  async (fencing) => {
    await using server = await startServer({ config: { "maxmemory-policy": "noeviction" } });
    const client = new Redis(server.port);
    const mutex = new Redsync(ioredisNode(client)).mutex("kept", { expiry, fencing });
    const lock = await mutex.lock();
    await limitMemory(server);

    await expect(fill(server, async () => false)).rejects.toThrow("OOM");
    await lock.verify();
    expect(await mutex.tryLock()).toBeNull();
    await lock.extend();
    expect(await server.command("PTTL", "kept")).toBeGreaterThan(expiry / 2);
    expect(await lock.unlock()).toBe("released");
    client.disconnect();
  },
);

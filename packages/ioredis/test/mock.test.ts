import { LockTakenError, Redsync } from "@redsync/core";
import { type IoredisClient, ioredisNode } from "@redsync/ioredis";
import RedisMock from "ioredis-mock";
import { beforeEach, expect, it } from "vitest";

const client = new RedisMock() as IoredisClient & { flushall(): Promise<unknown> };
beforeEach(() => client.flushall());

it("stands where a client has no call()", () => {
  expect(client.call).toBeUndefined();
  expect(ioredisNode(client)).not.toHaveProperty("subscribe");
  const cluster = new RedisMock.Cluster([]) as unknown as IoredisClient;
  expect(ioredisNode(cluster)).not.toHaveProperty("subscribe");
});

it.each([
  ["a name", "name", false],
  ["a name with fencing", "name", true],
  ["several names with fencing", ["one", "two"], true],
] as const)("locks, extends, verifies and unlocks on ioredis-mock: %s", async (_, names, fencing) => {
  // A round may take half a minute.
  const settings = { expiry: 60_000, timeoutFactor: 0.5, fencing: fencing as boolean, tries: 1 };
  const mutex = new Redsync(ioredisNode(client), settings).mutex(names);
  const lock = await mutex.lock();
  await lock.extend();
  await lock.verify();
  await expect(mutex.lock()).rejects.toBeInstanceOf(LockTakenError);
  expect(await lock.unlock()).toBe("released");
  const next = await mutex.lock();
  if (fencing) expect(next.token).toBeGreaterThan(lock.token as number);
  expect(await next.unlock()).toBe("released");
});

it("gives replies and errors as Redis does", async () => {
  const node = ioredisNode(client);
  expect(await node.send(["SET", "text", "007"])).toBe("OK");
  expect(await node.send(["GET", "text"])).toBe("007");
  expect(await node.send(["GET", "nothing"])).toBeNull();
  await expect(node.send(["EVALSHA", "0".repeat(40), "0"])).rejects.toThrow(/^NOSCRIPT /);
  await expect(node.send(["RPUSH", "text", "item"])).rejects.toThrow(/^WRONGTYPE /);
});

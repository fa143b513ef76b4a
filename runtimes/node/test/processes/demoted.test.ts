import { once } from "node:events";
import { startServer } from "@redsync/conformance/servers";
import { ExtendFailedError, LockFailedError, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect, it } from "vitest";

/** A server that stands still for seconds is in time. */
const calm = { expiry: 60_000, timeoutFactor: 0.5 };

it("a demoted primary with an old copy of the lock confirms nothing", async () => {
  await using demoted = await startServer();
  await using promoted = await startServer();
  const [first, second] = [new Redis(demoted.port), new Redis(promoted.port)];
  const lock = await new Redsync(ioredisNode(first), calm).mutex("name").lock();

  // Sentinel has made another server the primary, which has not heard of the lock.
  await demoted.command("REPLICAOF", "127.0.0.1", "1");
  const other = await new Redsync(ioredisNode(second), calm).mutex("name").lock();

  const verifying = await lock.verify().catch((error: unknown) => error);
  expect(verifying).toBeInstanceOf(LockFailedError);
  expect(String(verifying)).toMatch(/node 0: refused: READONLY /);
  await expect(lock.extend()).rejects.toBeInstanceOf(ExtendFailedError);
  expect(await other.unlock()).toBe("released");
  for (const client of [first, second]) client.disconnect();
});

it("a client looks for the new primary if it connects anew on READONLY", async () => {
  await using demoted = await startServer();
  const client = new Redis(demoted.port, {
    reconnectOnError: ({ message }) => message.startsWith("READONLY"),
  });
  const redsync = new Redsync(ioredisNode(client), { ...calm, tries: 1 });
  const lock = await redsync.mutex("name").lock();
  await demoted.command("REPLICAOF", "127.0.0.1", "1");
  const asked = [
    () => lock.extend(),
    () => redsync.mutex("other").lock(),
    () => Promise.all([redsync.mutex("one").lock(), redsync.mutex("two").lock()]),
  ];
  for (const ask of asked) {
    const connected = once(client, "reconnecting").then(() => once(client, "ready"));
    await expect(ask()).rejects.toThrow(/node 0: refused: READONLY /);
    await connected;
  }
  client.disconnect();
});

it("a verification changes nothing: not the value, and not how long it stays", async () => {
  await using server = await startServer();
  const client = new Redis(server.port);
  const lock = await new Redsync(ioredisNode(client), calm).mutex("name").lock();
  // The server may stand still between its looks at the clock: the end lies between two.
  const lua = `
local now = function() local time = redis.call("TIME") return time[1] * 1000 + time[2] / 1000 end
local before, left, after = now(), redis.call("PTTL", KEYS[1]), now()
return {before + left, after + left}`;
  const ends = async () => (await server.command("EVAL", lua, "1", "name")) as [least: number, most: number];
  // Half of what an extension would make of it.
  await server.command("PEXPIRE", "name", "30000");
  const [least, most] = await ends();
  const started = performance.now();
  for (let times = 0; times < 200; times++) await lock.verify();
  const [leastThen, mostThen] = await ends();
  // Longer by what has passed between reading it and writing it, on a server that may stand still there; less 2 ms that are cut off.
  expect(leastThen).toBeLessThanOrEqual(most + 2 + performance.now() - started);
  expect(mostThen).toBeGreaterThanOrEqual(least - 2);

  await server.command("PERSIST", "name");
  await lock.verify();
  expect(await server.command("PTTL", "name")).toBe(-1);
  expect(await server.command("GET", "name")).toBe(lock.value);
  client.disconnect();
});

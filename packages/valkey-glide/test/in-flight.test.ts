import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { type Lock, LockFailedError, Redsync } from "@redsync/core";
import { glideNode } from "@redsync/valkey-glide";
import { GlideClient, Logger } from "@valkey/valkey-glide";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

// It warns of every error that a server replies with.
Logger.setLoggerConfig("off");

let server: RedisServer;
let client: GlideClient;
beforeAll(async () => {
  server = await startServer();
  const { host, port } = server;
  client = await GlideClient.createClient({
    addresses: [{ host, port }],
    requestTimeout: 60_000,
    advancedConfiguration: { connectionTimeout: 60_000 },
  });
});
afterAll(async () => {
  client.close();
  await server.stop();
});
beforeEach(() => server.command("FLUSHALL"));

/** Three times as many as GLIDE lets be in flight by default. */
const names = Array.from({ length: 3_000 }, (_, index) => `name ${index}`);

it("marks what GLIDE refuses for its limit as not sent, and nothing else", async () => {
  const node = glideNode(client);
  const outcomes = await Promise.allSettled(names.map((name) => node.send(["SET", name, "value"])));
  const refusals = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ notSent: true, closed: false, cause: { name: "RequestError" } });
    expect(refusal.message).toMatch(/^Reached maximum inflight requests/);
  }
  // Nothing that was refused has arrived.
  expect(await server.command("DBSIZE")).toBe(names.length - refusals.length);
});

it("tells tryLock() of 3,000 names that GLIDE refused, and unlocks each that was locked", async () => {
  // Deadlines of half a minute: 3,000 commands at once take their time on a slow machine.
  // Each with a command of its own.
  const node = { ...glideNode(client), slots: true };
  const redsync = new Redsync(node, { expiry: 60_000, timeoutFactor: 0.5 });
  // The script is there from now on.
  await (await redsync.mutex("first").lock()).unlock();

  const outcomes = await Promise.allSettled(names.map((name) => redsync.mutex(name).tryLock()));
  const locks: Lock[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") locks.push(outcome.value as Lock);
    else {
      expect(outcome.reason).toBeInstanceOf(LockFailedError);
      expect(outcome.reason.outcomes).toMatchObject([{ status: "failed", error: { refused: true } }]);
    }
  }
  expect(locks.length).toBeLessThan(names.length);
  await redsync.settled();
  expect(await server.command("DBSIZE")).toBe(locks.length);

  // What is refused of these is sent again, before the verdict.
  const results = await Promise.all(locks.map((lock) => lock.unlock()));
  expect(new Set(results)).toEqual(new Set(["released"]));
  await redsync.settled();
  expect(await server.command("DBSIZE")).toBe(0);
});

import { type RedisServer, startProxy, startServer } from "@redsync/conformance/servers";
import { LockFailedError, Redsync } from "@redsync/core";
import { nodeRedisNode } from "@redsync/node-redis";
import { createClient } from "redis";
import * as five from "redis-5";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

it("says that the client was not connected, where it was still about to", async () => {
  await using proxy = await startProxy(server);
  // Its handshake gets no answer.
  proxy.pause("replies");
  const client = createClient({ url: proxy.url });
  client.on("error", () => {});
  const connecting = client.connect().catch(() => {});
  const failure = await new Redsync(nodeRedisNode(client))
    .mutex("name")
    .tryLock()
    .catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(
    /node 0: no answer within \d+ ms: its client is not connected, or not yet$/,
  );
  client.destroy();
  await connecting;
});

it.each([
  ["waits", {}, "no answer within \\d+ ms: its client is not connected, or not yet: "],
  ["refuses commands", { disableOfflineQueue: true }, "refused: The client is offline: "],
])("says why no server is reached, where the client %s", async (_, options, says) => {
  // A port on which nobody listens.
  const client = createClient({ url: "redis://127.0.0.1:1", ...options });
  const heard = new Promise((resolve) => client.on("error", resolve));
  const connecting = client.connect().catch(() => {});
  const mutex = new Redsync(nodeRedisNode(client)).mutex("name");
  await heard;
  const failure = await mutex.tryLock().catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(new RegExp(`node 0: ${says}connect ECONNREFUSED`));
  client.destroy();
  await connecting;
});

it("a password that is wrong ends the waiting at once, where commands are refused without a connection", async () => {
  await using locked = await startServer({ config: { requirepass: "open-sesame" } });
  const client = createClient({ url: locked.url, password: "wrong", disableOfflineQueue: true });
  const heard = new Promise((resolve) => client.on("error", resolve));
  const redsync = new Redsync(nodeRedisNode(client), { tries: Number.POSITIVE_INFINITY });
  const connecting = client.connect().catch(() => {});
  await heard;
  const failure = await redsync
    .mutex("name")
    .lock()
    .catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(/node 0: refused: (WRONGPASS|NOAUTH) /);
  if (client.isOpen) client.destroy();
  await connecting;
});

it.each([
  // 5 s by default.
  ["node-redis 6", () => createClient({ url: "redis://127.0.0.1:1", commandOptions: { timeout: 500 } })],
  // None by default.
  ["node-redis 5", () => five.createClient({ url: "redis://127.0.0.1:1", commandOptions: { timeout: 500 } })],
])("says that the client gave up after its own timeout, and why it could not send: %s", async (_, create) => {
  const client = create();
  const heard = new Promise((resolve) => client.on("error", resolve));
  const connecting = client.connect().catch(() => {});
  // The deadline of a round is longer.
  const mutex = new Redsync(nodeRedisNode(client), { expiry: 600_000, timeoutFactor: 0.5 }).mutex("name");
  await heard;
  const failure = await mutex.tryLock().catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(
    /node 0: no answer: given up after the client's own timeout: .*: connect ECONNREFUSED/,
  );
  // Such a command may have been written.
  expect(failure.outcomes).toMatchObject([{ status: "unknown", error: { refused: false } }]);
  client.destroy();
  await connecting;
});

it("does not say so where the server of a connected client is silent", async () => {
  await using proxy = await startProxy(server);
  const client = createClient({ url: proxy.url });
  client.on("error", () => {});
  await client.connect();
  const node = nodeRedisNode(client);
  proxy.pause();
  const failure = await new Redsync(node)
    .mutex("name")
    .tryLock()
    .catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(/node 0: no answer within \d+ ms \(/);
  client.destroy();
});

import { type RedisServer, startProxy, startServer } from "@redsync/conformance/servers";
import { LockFailedError, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
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
  const client = new Redis(proxy.port);
  client.on("error", () => {});
  const failure = await new Redsync(ioredisNode(client))
    .mutex("name")
    .tryLock()
    .catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(
    /node 0: no answer within \d+ ms: its client is not connected, or not yet$/,
  );
  client.disconnect();
});

it.each([
  [
    "commands wait for a connection",
    {},
    "no answer within \\d+ ms: its client is not connected, or not yet: ",
  ],
  ["commands are refused without one", { enableOfflineQueue: false }, "refused: Stream isn't writeable .*: "],
])("says why no server is reached, where %s", async (_, options, says) => {
  // A port on which nobody listens.
  const client = new Redis({ port: 1, ...options });
  const disconnected = new Promise((resolve) => client.once("close", resolve));
  client.on("error", () => {});
  await disconnected;
  const mutex = new Redsync(ioredisNode(client)).mutex("name");
  const failure = await mutex.tryLock().catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(new RegExp(`node 0: ${says}connect ECONNREFUSED`));
  // Also from a node that is not asked any more.
  const next = await mutex.tryLock().catch((error) => error);
  expect(next.message).toContain("ECONNREFUSED");
  expect(failure.cause.cause.message).toContain("ECONNREFUSED");
  client.disconnect();
});

it("a password that is wrong ends the waiting at once, where commands are refused without a connection", async () => {
  await using locked = await startServer({ config: { requirepass: "open-sesame" } });
  const client = new Redis({ port: locked.port, password: "wrong", enableOfflineQueue: false });
  const heard = new Promise((resolve) => client.once("error", resolve));
  const redsync = new Redsync(ioredisNode(client), { tries: Number.POSITIVE_INFINITY });
  await heard;
  const failure = await redsync
    .mutex("name")
    .lock()
    .catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(/node 0: refused: (WRONGPASS|NOAUTH) /);
  expect(failure.message).not.toContain("wrong");
  expect(client.listenerCount("error")).toBe(1);
  client.disconnect();
});

it("does not say so where the server of a connected client is silent", async () => {
  await using proxy = await startProxy(server);
  const client = new Redis(proxy.port);
  client.on("error", () => {});
  const node = ioredisNode(client);
  await node.send(["PING"]);
  proxy.pause();
  const failure = await new Redsync(node)
    .mutex("name")
    .tryLock()
    .catch((error) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(failure.message).toMatch(/node 0: no answer within \d+ ms \(/);
  client.disconnect();
});

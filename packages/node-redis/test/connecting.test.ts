import { type RedisServer, startProxy, startServer } from "@redsync/conformance/servers";
import { LockFailedError, Redsync } from "@redsync/core";
import { nodeRedisNode } from "@redsync/node-redis";
import { createClient } from "redis";
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

import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { nodeRedisNode } from "@redsync/node-redis";
import { createClient } from "redis";
import { afterAll, beforeAll, expect, it } from "vitest";

/** Node.js warns from the eleventh listener of one signal on; version 20 does so by default. */
const COUNT = 12;

let servers: readonly RedisServer[];
let clients: ReturnType<typeof createClient>[];
beforeAll(async () => {
  servers = await startServers(COUNT);
  clients = servers.map(({ url }) => createClient({ url }) as ReturnType<typeof createClient>);
  await Promise.all(clients.map((client) => client.on("error", () => {}).connect()));
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await Promise.all(servers.map((server) => server.stop()));
});

it("gives each of twelve nodes a signal of its own", async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const nodes = clients.map((client) => {
    const node = nodeRedisNode(client);
    const send: typeof node.send = (command, options) => {
      signals.push(options?.signal);
      return node.send(command, options);
    };
    return { ...node, send };
  });
  const redsync = new Redsync(nodes, { failFast: false, expiry: 60_000, timeoutFactor: 0.5 });
  const lock = await redsync.mutex(["one", "two"]).lock();
  await lock.extend();
  expect(await lock.unlock()).toBe("released");
  await redsync.settled();
  // Two names are one command.
  expect(signals.length).toBeGreaterThanOrEqual(3 * COUNT);
  expect(signals).not.toContain(undefined);
  expect(new Set(signals).size).toBe(signals.length);
});

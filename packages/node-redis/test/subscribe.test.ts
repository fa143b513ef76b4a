import {
  type RedisCluster,
  type RedisServer,
  type SentinelGroup,
  startCluster,
  startSentinel,
  startServer,
} from "@redsync/conformance/servers";
import type { RedisNode } from "@redsync/core";
import { nodeRedisNode } from "@redsync/node-redis";
import * as six from "redis";
import * as five from "redis-5";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const open: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

type Connectable = {
  on(event: "error", listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
};

async function connected<T extends Connectable>(client: T): Promise<T> {
  client.on("error", () => {});
  await client.connect();
  open.push(client);
  return client;
}

async function listen(node: RedisNode) {
  const heard: string[] = [];
  const leave = await node.subscribe?.("channel", (message) => heard.push(message));
  if (leave === undefined) throw new Error("the node cannot subscribe");
  return { heard, leave };
}

const subscribersOf = async (servers: readonly RedisServer[]) => {
  const asked = servers.map((each) => each.command("PUBSUB", "NUMSUB", "channel"));
  return (await Promise.all(asked)).reduce<number>((sum, reply) => sum + Number((reply as unknown[])[1]), 0);
};
const killListening = (servers: readonly RedisServer[]) =>
  Promise.all(servers.map((each) => each.command("CLIENT", "KILL", "TYPE", "pubsub")));

const EVENTS = ["message", "error", "ready", "end", "reconnecting"] as const;
const listenersOf = (client: { listenerCount(event: string): number }) =>
  EVENTS.map((event) => client.listenerCount(event));

describe("which clients listen without a second one", () => {
  const off = { maintNotifications: "disabled" } as const;

  it.each([
    ["node-redis 6", six.createClient()],
    ["node-redis 6 that is told to speak RESP3", six.createClient({ RESP: 3, ...off })],
    ["node-redis 5 that is told to speak RESP3", five.createClient({ RESP: 3 })],
    ["a cluster of node-redis 6", six.createCluster({ rootNodes: [] })],
    ["a cluster of node-redis 5", five.createCluster({ rootNodes: [] })],
    ["a sentinel of node-redis 6", six.createSentinel({ name: "name", sentinelRootNodes: [] })],
    ["a sentinel of node-redis 5", five.createSentinel({ name: "name", sentinelRootNodes: [] })],
  ])("%s does", (_, client) => {
    expect(nodeRedisNode(client as six.RedisClientType)).toHaveProperty("subscribe");
  });

  it.each([
    ["node-redis 6 that is told to speak RESP2", six.createClient({ RESP: 2 })],
    ["node-redis 6 of which it is not known", six.createClient(off)],
    ["node-redis 5", five.createClient()],
    ["node-redis 5 that is told to speak RESP2", five.createClient({ RESP: 2 })],
    ["a pool of node-redis 6", six.createClientPool()],
    ["a pool of node-redis 5", five.createClientPool()],
  ])("%s does not", (_, client) => {
    expect(nodeRedisNode(client as six.RedisClientType)).not.toHaveProperty("subscribe");
    expect(nodeRedisNode(client as six.RedisClientType, { subscriber: six.createClient() })).toHaveProperty(
      "subscribe",
    );
  });
});

describe.each([
  { name: "node-redis 6", create: (options = {}) => six.createClient({ url: server.url, ...options }) },
  {
    name: "node-redis 5",
    create: (options = {}) => five.createClient({ url: server.url, RESP: 3, ...options }),
  },
])("a client of $name that speaks RESP3", ({ create }) => {
  const subscribers = () => subscribersOf([server]);
  const publish = (message: string) => server.command("PUBLISH", "channel", message);

  it("listens beside its other work, and is as before when everybody has left", async () => {
    const client = await connected(create());
    const node = nodeRedisNode(client as six.RedisClientType);
    const before = listenersOf(client);
    const [first, second] = [await listen(node), await listen(node)];
    expect(await node.send(["SET", "name", "value"])).toBe("OK");
    expect(await node.send(["EVAL", "return 1", "0"])).toBe(1);
    await publish("one");
    await expect.poll(() => [first.heard, second.heard]).toEqual([["one"], ["one"]]);
    await Promise.all([first.leave(), first.leave()]);
    expect(await subscribers()).toBe(1);
    await second.leave();
    expect(await subscribers()).toBe(0);
    expect(client.isPubSubActive).toBe(false);
    expect(listenersOf(client)).toEqual(before);
    expect(await node.send(["GET", "name"])).toBe("value");
  });

  it("does not prefix a channel", async () => {
    const { heard } = await listen(
      nodeRedisNode((await connected(create({ keyPrefix: "app:" }))) as six.RedisClientType),
    );
    await publish("message");
    await expect.poll(() => heard).toEqual(["message"]);
  });

  it("leaves its user the same channel, whoever came first", async () => {
    const client = (await connected(create())) as six.RedisClientType;
    const node = nodeRedisNode(client);
    const ofUser: string[] = [];
    const hear = (message: string) => ofUser.push(message);

    await client.subscribe("channel", hear);
    const later = await listen(node);
    await later.leave();
    await publish("one");
    await expect.poll(() => ofUser).toEqual(["one"]);
    await client.unsubscribe("channel", hear);

    const earlier = await listen(node);
    await client.subscribe("channel", hear);
    await earlier.leave();
    await publish("two");
    await expect.poll(() => ofUser).toEqual(["one", "two"]);
  });

  it("subscribes again when its connection is lost", async () => {
    const node = nodeRedisNode((await connected(create())) as six.RedisClientType);
    const { heard, leave } = await listen(node);
    await killListening([server]);
    await expect.poll(subscribers).toBe(1);
    await publish("message");
    await expect.poll(() => heard).toEqual(["message"]);
    expect(await node.send(["PING"])).toBe("PONG");
    await leave();
    expect(await subscribers()).toBe(0);
  });

  it.each([{}, { disableOfflineQueue: true }])(
    "does not subscribe again for those who left without a connection: %o",
    async (options) => {
      const client = await connected(create(options));
      const { leave } = await listen(nodeRedisNode(client as six.RedisClientType));
      const lost = new Promise((resolve) => client.once("reconnecting", resolve));
      await killListening([server]);
      await lost;
      expect(client.isReady).toBe(false);
      const left = leave().catch(() => {});
      await expect.poll(() => client.isReady).toBe(true);
      await left;
      expect(await client.ping()).toBe("PONG");
      expect(await subscribers()).toBe(0);
    },
  );
});

describe("a cluster", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.stop());

  const rootNodes = () => cluster.servers.map(({ url }) => ({ url }));

  it.each([
    { name: "node-redis 6", create: () => six.createCluster({ rootNodes: rootNodes() }) },
    { name: "node-redis 6, RESP2", create: () => six.createCluster({ rootNodes: rootNodes(), RESP: 2 }) },
    { name: "node-redis 5", create: () => five.createCluster({ rootNodes: rootNodes() }) },
  ])("connects once more to listen, and again when that is lost: $name", async ({ create }) => {
    const client = (await connected(create())) as six.RedisClusterType;
    const node = nodeRedisNode(client);
    const { heard, leave } = await listen(node);
    expect(await node.send(["SET", "name", "value"], { key: "name" })).toBe("OK");
    await killListening(cluster.servers);
    await expect.poll(() => subscribersOf(cluster.servers)).toBe(1);
    await cluster.servers[0]?.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["message"]);
    await leave();
    expect(await subscribersOf(cluster.servers)).toBe(0);
  });
});

describe("a sentinel", () => {
  let group: SentinelGroup;
  beforeAll(async () => {
    group = await startSentinel();
  });
  afterAll(() => group.stop());

  const options = () => ({
    name: group.name,
    sentinelRootNodes: group.sentinels.map(({ host, port }) => ({ host, port })),
  });

  it.each([
    { name: "node-redis 6", create: () => six.createSentinel(options()) },
    { name: "node-redis 6, RESP2", create: () => six.createSentinel({ ...options(), RESP: 2 }) },
    { name: "node-redis 5", create: () => five.createSentinel(options()) },
  ])("connects once more to listen, and again when that is lost: $name", async ({ create }) => {
    const client = (await connected(create())) as six.RedisSentinelType;
    const node = nodeRedisNode(client);
    const { heard, leave } = await listen(node);
    expect(await node.send(["SET", "name", "value"])).toBe("OK");
    await killListening([group.primary]);
    await expect.poll(() => subscribersOf([group.primary])).toBe(1);
    await group.primary.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["message"]);
    await leave();
    await expect.poll(() => subscribersOf([group.primary])).toBe(0);
  });
});

it("a message that comes once a channel was left is nobody's: the client may subscribe again by itself", async () => {
  const heard: string[] = [];
  let deliver: (message: string) => void = () => {};
  const subscriber = {
    async subscribe(_: string, listener: (message: unknown) => void) {
      deliver = listener;
    },
    unsubscribe: () => Promise.reject(new Error("Socket closed unexpectedly")),
  };
  const node = nodeRedisNode(six.createClient(), { subscriber });
  const leave = await node.subscribe?.("channel", (message) => heard.push(message));
  deliver("one");
  await expect(leave?.()).rejects.toThrow("Socket closed");
  deliver("two");
  expect(heard).toEqual(["one"]);
});

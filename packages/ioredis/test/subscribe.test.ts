import { type RedisCluster, type RedisServer, startCluster, startServer } from "@redsync/conformance/servers";
import type { RedisNode } from "@redsync/core";
import { type IoredisClient, type IoredisSubscriber, ioredisNode } from "@redsync/ioredis";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { Cluster as Cluster5 } from "ioredis-5";
import { Cluster as ClusterOfValkey } from "iovalkey";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { dropping } from "./dropping.ts";
import { switching } from "./switching.ts";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const open: { disconnect(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.disconnect();
});

function connect(options: Omit<RedisOptions, "replyMapping"> = {}): Redis {
  const client = new Redis(options.port ?? server.port, options);
  client.on("error", () => {});
  open.push(client);
  return client;
}

async function listen(node: RedisNode, channel = "channel") {
  const heard: string[] = [];
  const leave = await node.subscribe?.(channel, (message) => heard.push(message));
  if (leave === undefined) throw new Error("the node cannot subscribe");
  return { heard, leave };
}

const subscribers = async () =>
  ((await server.command("PUBSUB", "NUMSUB", "channel")) as [string, number])[1];
const publish = (message: string) => server.command("PUBLISH", "channel", message);
const EVENTS = ["message", "close", "ready", "end"] as const;
const listenersOf = (client: Redis) => EVENTS.map((event) => client.listenerCount(event));

/** Ends the connections that listen, and waits until one listens again. */
async function killed(): Promise<void> {
  await server.command("CLIENT", "KILL", "TYPE", "pubsub");
  await expect.poll(subscribers).toBe(1);
}

describe("a client that speaks RESP3", () => {
  it("listens beside its other work, and is as before when everybody has left", async () => {
    const client = connect();
    const node = ioredisNode(client);
    await node.send(["PING"]);
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
    expect(client.mode).toBe("normal");
    expect(listenersOf(client)).toEqual(before);
    expect(await node.send(["GET", "name"])).toBe("value");
  });

  it("does not prefix a channel", async () => {
    const { heard } = await listen(ioredisNode(connect({ keyPrefix: "app:" })));
    await publish("message");
    await expect.poll(() => heard).toEqual(["message"]);
  });

  it.each([{ lazyConnect: true }, { enableAutoPipelining: true }, { maxRetriesPerRequest: null }])(
    "does so with %o",
    async (options) => {
      const node = ioredisNode(connect(options));
      const { heard, leave } = await listen(node);
      expect(await node.send(["PUBLISH", "channel", "message"])).toBe(1);
      await expect.poll(() => heard).toEqual(["message"]);
      await leave();
      expect(await subscribers()).toBe(0);
    },
  );

  it("has one listener for many channels, so that nobody is warned of a leak", async () => {
    const client = connect();
    const node = ioredisNode(client);
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => listen(node, `channel ${index}`)));
    expect(client.listenerCount("message")).toBe(1);
    await Promise.all(all.map(({ leave }) => leave()));
    expect(client.listenerCount("message")).toBe(0);
    expect(await server.command("PUBSUB", "CHANNELS")).toEqual([]);
  });

  it("is shared by the nodes over it", async () => {
    const client = connect();
    const [first, second] = [await listen(ioredisNode(client)), await listen(ioredisNode(client))];
    await first.leave();
    await publish("message");
    await expect.poll(() => second.heard).toEqual(["message"]);
    await second.leave();
    expect(await subscribers()).toBe(0);
  });

  it("hears who comes while the last one is about to leave, and forgets them too", async () => {
    const node = ioredisNode(connect());
    for (let turn = 0; turn < 20; turn++) {
      const { leave } = await listen(node);
      const [next] = await Promise.all([listen(node), leave()]);
      await publish(`${turn}`);
      await expect.poll(() => next.heard).toEqual([`${turn}`]);
      await next.leave();
      expect(await subscribers()).toBe(0);
    }
  });

  it("leaves its user the channel, and the listeners, that it had before", async () => {
    const client = connect();
    const ofUser: string[] = [];
    client.on("message", (_, message) => ofUser.push(message));
    await client.subscribe("channel");
    const node = ioredisNode(client);
    for (let turn = 0; turn < 2; turn++) {
      const { heard, leave } = await listen(node);
      await publish("both");
      await expect.poll(() => heard).toEqual(["both"]);
      await killed();
      await leave();
    }
    expect(await subscribers()).toBe(1);
    await publish("user");
    await expect.poll(() => ofUser).toEqual(["both", "both", "user"]);
    expect(client.listenerCount("message")).toBe(1);
  });

  it("leaves its user other channels", async () => {
    const client = connect();
    const ofUser: string[] = [];
    client.on("message", (channel, message) => ofUser.push(`${channel}: ${message}`));
    const { leave } = await listen(ioredisNode(client));
    await client.subscribe("other");
    await leave();
    await server.command("PUBLISH", "other", "message");
    await expect.poll(() => ofUser).toEqual(["other: message"]);
  });

  it.each([{}, { autoResubscribe: false }, { enableOfflineQueue: false, maxRetriesPerRequest: 0 }])(
    "subscribes again when its connection is lost: %o",
    async (options) => {
      const client = connect(options);
      await new Promise((resolve) => client.once("ready", resolve));
      const node = ioredisNode(client);
      const { heard, leave } = await listen(node);
      await killed();
      await publish("message");
      await expect.poll(() => heard).toEqual(["message"]);
      expect(await node.send(["PING"])).toBe("PONG");
      await leave();
      expect(await subscribers()).toBe(0);
    },
  );

  it.each([{}, { enableOfflineQueue: false }])(
    "does not subscribe again for those who left without a connection: %o",
    async (options) => {
      const client = connect({ retryStrategy: () => 200, ...options });
      await new Promise((resolve) => client.once("ready", resolve));
      const { leave } = await listen(ioredisNode(client));
      await server.command("CLIENT", "KILL", "TYPE", "pubsub");
      await expect.poll(() => client.status).toBe("reconnecting");
      await leave().catch(() => {});
      await expect.poll(() => client.status).toBe("ready");
      expect(await client.ping()).toBe("PONG");
      expect(await subscribers()).toBe(0);
      expect(client.listenerCount("message")).toBe(0);
    },
  );

  it("lets no rejection escape when its connection is lost again while it subscribes", async () => {
    const escaped = vi.fn();
    process.on("unhandledRejection", escaped);
    await using proxy = await dropping(server, "\r\nsubscribe\r\n", 2);
    const client = connect({ port: proxy.port, maxRetriesPerRequest: 0 });
    const { heard } = await listen(ioredisNode(client));
    await killed();
    expect(proxy.dropped()).toBe(1);
    await publish("message");
    await expect.poll(() => heard).toEqual(["message"]);
    process.off("unhandledRejection", escaped);
    expect(escaped).not.toHaveBeenCalled();
  });

  it("subscribes after the server has refused to, and leaves nothing behind before", async () => {
    await server.command("ACL", "SETUSER", "default", "resetchannels");
    const client = connect();
    const node = ioredisNode(client);
    await expect(listen(node)).rejects.toThrow(/NOPERM/);
    expect(client.listenerCount("message")).toBe(0);
    await server.command("ACL", "SETUSER", "default", "allchannels");
    const { heard } = await listen(node);
    await publish("message");
    await expect.poll(() => heard).toEqual(["message"]);
  });

  it("rejects on a server that knows only RESP2, where it could do nothing else then", async () => {
    await using old = await startServer({ config: ['rename-command HELLO ""'] });
    for (const lazyConnect of [true, false]) {
      const node = ioredisNode(connect({ port: old.port, lazyConnect }));
      await expect(listen(node)).rejects.toThrow("its client listens only over RESP3");
      expect(await node.send(["PING"])).toBe("PONG");
    }
  });

  it("does not listen on after its server was replaced by one that knows only RESP2, and works there", async () => {
    await using old = await startServer({ config: ['rename-command HELLO ""'] });
    await using way = await switching(server);
    const node = ioredisNode(connect({ port: way.port }));
    const isAt = ({ port }: RedisServer) =>
      expect.poll(() => node.send(["INFO", "server"])).toContain(`tcp_port:${port}`);
    const { heard, leave } = await listen(node);

    way.switchTo(old);
    await isAt(old);
    expect(await node.send(["SET", "name", "value"])).toBe("OK");
    expect(await old.command("PUBSUB", "CHANNELS")).toEqual([]);

    way.switchTo(server);
    await isAt(server);
    await expect.poll(subscribers).toBe(1);
    await publish("message");
    await expect.poll(() => heard).toEqual(["message"]);

    way.switchTo(old);
    await isAt(old);
    await leave();
    expect(await node.send(["GET", "name"])).toBe("value");
  });
});

describe.each([
  { name: "ioredis 6", create: (nodes: { host: string; port: number }[]) => new Cluster(nodes) },
  { name: "ioredis 5", create: (nodes: { host: string; port: number }[]) => new Cluster5(nodes) },
  { name: "iovalkey", create: (nodes: { host: string; port: number }[]) => new ClusterOfValkey(nodes) },
])("a Cluster of $name", ({ create }) => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.stop());

  const connectCluster = () => {
    const client = create(cluster.servers.map(({ host, port }) => ({ host, port })));
    client.on("error", () => {});
    open.push(client);
    return client as typeof client & IoredisClient & IoredisSubscriber;
  };
  const publishThere = (message: string) => cluster.servers[0]?.command("PUBLISH", "channel", message);
  const subscribersThere = async () => {
    const asked = cluster.servers.map((each) => each.command("PUBSUB", "NUMSUB", "channel"));
    return (await Promise.all(asked)).reduce<number>(
      (sum, reply) => sum + Number((reply as unknown[])[1]),
      0,
    );
  };

  it("listens over a connection of its own, and again when that is lost", async () => {
    const client = connectCluster();
    const node = ioredisNode(client);
    const { heard, leave } = await listen(node);
    expect(await node.send(["SET", "name", "value"], { key: "name" })).toBe("OK");
    await publishThere("one");
    await expect.poll(() => heard).toEqual(["one"]);
    for (const each of cluster.servers) await each.command("CLIENT", "KILL", "TYPE", "pubsub");
    await expect.poll(subscribersThere).toBe(1);
    await publishThere("two");
    await expect.poll(() => heard).toEqual(["one", "two"]);
    await leave();
    expect(await subscribersThere()).toBe(0);
    expect(client.listenerCount("message")).toBe(0);
  });

  it("leaves its user the channel that it had before", async () => {
    const client = connectCluster();
    await client.subscribe("channel");
    const { leave } = await listen(ioredisNode(client));
    await leave();
    expect(await subscribersThere()).toBe(1);
  });
});

import {
  type RedisCluster,
  type RedisServer,
  startCluster,
  startProxy,
  startServer,
} from "@redsync/conformance/servers";
import { type RedisNode, Redsync } from "@redsync/core";
import { type IoredisClient, ioredisNode } from "@redsync/ioredis";
import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis-5";
import { Cluster as LeastCluster, Redis as LeastRedis } from "ioredis-5.4";
import { Cluster as ClusterOfValkey, Redis as RedisOfValkey } from "iovalkey";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

let server: RedisServer;
let cluster: RedisCluster;
beforeAll(async () => {
  [server, cluster] = await Promise.all([startServer(), startCluster()]);
});
afterAll(() => Promise.all([server.stop(), cluster.stop()]));
beforeEach(() => server.command("FLUSHALL"));

type Client = IoredisClient & {
  connect(): Promise<void>;
  disconnect(): void;
  on(event: "error", hear: () => void): unknown;
};

const OFFLINE = /enableOfflineQueue options is false$/;
const CLOSED = /^Connection is closed\.$/;

/** A command that must not arrive. */
const set = (client: Client) => ioredisNode(client).send(["SET", "name", "value"]);

const notSent = (message: RegExp, closed: boolean) => ({
  notSent: true,
  closed,
  message: expect.stringMatching(message),
  cause: expect.objectContaining({ message: expect.stringMatching(message) }),
});

describe.each<{
  name: string;
  redis: (port: number, options?: object) => Client;
  clusterOf: (options: object) => Client;
}>([
  {
    name: "ioredis 6",
    redis: (port, options = {}) => new Redis(port, options),
    clusterOf: (options) => new Cluster([...cluster.servers], options),
  },
  {
    name: "ioredis 5.11",
    redis: (port, options = {}) => new Redis5(port, options),
    clusterOf: (options) => new Cluster5([...cluster.servers], options),
  },
  {
    name: "ioredis 5.4",
    redis: (port, options = {}) => new LeastRedis(port, options),
    clusterOf: (options) => new LeastCluster([...cluster.servers], options),
  },
  {
    name: "iovalkey",
    redis: (port, options = {}) => new RedisOfValkey(port, options),
    clusterOf: (options) => new ClusterOfValkey([...cluster.servers], options),
  },
])("$name", ({ redis, clusterOf }) => {
  const open: Client[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.disconnect();
  });
  const opened = (client: Client) => {
    client.on("error", () => {});
    open.push(client);
    return client;
  };

  it("marks what a client without an offline queue refuses while it connects as not sent", async () => {
    const client = opened(redis(server.port, { enableOfflineQueue: false, lazyConnect: true }));
    const connecting = client.connect();
    await expect(set(client)).rejects.toMatchObject(notSent(OFFLINE, false));
    await connecting;
    expect(await server.command("EXISTS", "name")).toBe(0);
    expect(await set(client)).toBe("OK");
  });

  it("marks what its Cluster refuses while it connects, and once it is closed", async () => {
    const client = opened(clusterOf({ enableOfflineQueue: false, lazyConnect: true }));
    const connecting = client.connect();
    await expect(set(client)).rejects.toMatchObject(notSent(OFFLINE, false));
    await connecting;
    expect(await ioredisNode(client).send(["EXISTS", "name"])).toBe(0);
    client.disconnect();
    // A Cluster of ioredis stays there, iovalkey's goes on to "end".
    await expect.poll(() => client.status).toMatch(/^(close|end)$/);
    const refusal = client.status === "end" ? CLOSED : OFFLINE;
    await expect(set(client)).rejects.toMatchObject(notSent(refusal, true));
  });

  it("marks what a client refuses that is closed", async () => {
    const client = opened(redis(server.port));
    await ioredisNode(client).send(["PING"]);
    client.disconnect();
    await expect.poll(() => client.status).toBe("end");
    await expect(set(client)).rejects.toMatchObject(notSent(CLOSED, true));
    const mutex = new Redsync(ioredisNode(client), { tries: Number.POSITIVE_INFINITY }).mutex("name");
    await expect(mutex.lock()).rejects.toThrow(/node 0: refused: Connection is closed\./);
    expect(await server.command("EXISTS", "name")).toBe(0);
  });

  it("does not mark what was under way when the client is closed, or its connection broke", async () => {
    for (const end of ["disconnect", "cut"] as const) {
      await using proxy = await startProxy(server);
      const client = opened(redis(proxy.port, { maxRetriesPerRequest: 0 }));
      const node: RedisNode = ioredisNode(client);
      await node.send(["PING"]);
      const lost = expect(node.send(["BLPOP", "list", "0"])).rejects.not.toHaveProperty("notSent");
      if (end === "cut") proxy.cut();
      else client.disconnect();
      await lost;
    }
  });
});

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
  quit(): Promise<unknown>;
  on(event: "error", hear: () => void): unknown;
};

const OFFLINE = /enableOfflineQueue options is false$/;

/** A command that must not arrive. */
const set = (client: Client) => ioredisNode(client).send(["SET", "name", "value"]);

const offline = {
  notSent: true,
  closed: false,
  message: expect.stringMatching(OFFLINE),
  cause: expect.objectContaining({ message: expect.stringMatching(OFFLINE) }),
};

const closed = { notSent: true, closed: true, message: "Connection is closed." };

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
    await expect(set(client)).rejects.toMatchObject(offline);
    await connecting;
    expect(await server.command("EXISTS", "name")).toBe(0);
    expect(await set(client)).toBe("OK");
  });

  it("marks what its Cluster refuses while it connects", async () => {
    const client = opened(clusterOf({ enableOfflineQueue: false, lazyConnect: true }));
    const connecting = client.connect();
    await expect(set(client)).rejects.toMatchObject(offline);
    await connecting;
    expect(await ioredisNode(client).send(["EXISTS", "name"])).toBe(0);
  });

  describe.each([false, true])("closed, with enableAutoPipelining: %s", (enableAutoPipelining) => {
    it("marks what is given to it, and ends the waiting, until its user connects it again", async () => {
      const client = opened(redis(server.port, { enableAutoPipelining }));
      await ioredisNode(client).send(["PING"]);
      client.disconnect();
      await expect.poll(() => client.status).toBe("end");
      await expect(set(client)).rejects.toMatchObject(closed);
      const mutex = new Redsync(ioredisNode(client), { tries: Number.POSITIVE_INFINITY }).mutex("name");
      await expect(mutex.lock()).rejects.toThrow(/node 0: refused: Connection is closed\./);
      expect(await server.command("EXISTS", "name")).toBe(0);
      await client.connect();
      expect(await set(client)).toBe("OK");
    });

    it("marks it where the client was about to connect again, and would keep it for ever", async () => {
      await using proxy = await startProxy(server);
      const client = opened(redis(proxy.port, { enableAutoPipelining, retryStrategy: () => 600_000 }));
      await ioredisNode(client).send(["PING"]);
      proxy.cut();
      await expect.poll(() => client.status).toBe("reconnecting");
      client.disconnect();
      await expect(set(client)).rejects.toMatchObject(closed);
    });

    it.each<{ how: string; isConnected: boolean; close: (client: Client) => unknown }>([
      { how: "disconnect()", isConnected: true, close: (client) => client.disconnect() },
      { how: "quit()", isConnected: true, close: (client) => client.quit() },
      { how: "disconnect() while it connects", isConnected: false, close: (client) => client.disconnect() },
    ])("marks what is given to a Cluster, closed by $how", async ({ isConnected, close }) => {
      const client = opened(clusterOf({ enableAutoPipelining }));
      if (isConnected) await ioredisNode(client).send(["PING"]);
      await close(client);
      // It goes through all of them in some versions, and stays in any.
      await expect.poll(() => client.status).toMatch(/^(disconnecting|close|end)$/);
      await expect(set(client)).rejects.toMatchObject(closed);
      const mutex = new Redsync(ioredisNode(client), { tries: Number.POSITIVE_INFINITY }).mutex("name");
      await expect(mutex.lock()).rejects.toThrow(/node 0: refused: Connection is closed\./);
    });
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

import { type RedisCluster, type RedisServer, startCluster, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { type IoredisClient, ioredisNode } from "@redsync/ioredis";
import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis-5";
import { Cluster as LeastCluster, Redis as LeastRedis } from "ioredis-5.4";
import { Cluster as ClusterOfValkey, Redis as RedisOfValkey } from "iovalkey";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Limits that a machine which stands still for seconds does not meet. */
const calm = { expiry: 60_000, timeoutFactor: 0.5 };

let server: RedisServer;
let cluster: RedisCluster;
beforeAll(async () => {
  [server, cluster] = await Promise.all([startServer(), startCluster()]);
});
afterAll(() => Promise.all([server.stop(), cluster.stop()]));

const options = { enableAutoPipelining: true, keyPrefix: "app:" };

type Client = IoredisClient & { disconnect(): void };

describe.each<{ name: string; redis: () => Client; cluster: () => Client }>([
  {
    name: "ioredis 6",
    redis: () => new Redis(server.port, options),
    cluster: () => new Cluster([...cluster.servers], options),
  },
  {
    name: "ioredis 5.11",
    redis: () => new Redis5(server.port, options),
    cluster: () => new Cluster5([...cluster.servers], options),
  },
  {
    name: "ioredis 5.4, the least that is supported",
    redis: () => new LeastRedis(server.port, options),
    cluster: () => new LeastCluster([...cluster.servers], options),
  },
  {
    name: "iovalkey",
    redis: () => new RedisOfValkey(server.port, options),
    cluster: () => new ClusterOfValkey([...cluster.servers], options),
  },
])("$name with enableAutoPipelining", ({ redis, cluster: clusterOf }) => {
  let clients: Client[] = [];
  beforeAll(() => {
    clients = [redis(), clusterOf()];
  });
  afterAll(() => {
    for (const client of clients) client.disconnect();
  });

  it.each(["a Redis", "a Cluster"] as const)("locks and unlocks 50 names at once: %s", async (kind) => {
    const redsync = new Redsync(ioredisNode(clients[kind === "a Redis" ? 0 : 1] as Client), calm);
    const names = Array.from({ length: 50 }, (_, index) => `name ${index}`);
    const locks = await Promise.all(names.map((name) => redsync.mutex(name).lock()));
    expect(await Promise.all(locks.map((lock) => lock.unlock()))).toEqual(names.map(() => "released"));
  });

  it.each(["a Redis", "a Cluster"] as const)("locks several names with fencing: %s", async (kind) => {
    const redsync = new Redsync(ioredisNode(clients[kind === "a Redis" ? 0 : 1] as Client), {
      ...calm,
      fencing: true,
    });
    const lock = await redsync.mutex(["{one}", "{two}", "{three}", "{four}"]).lock();
    expect(lock.token).toBeGreaterThan(0);
    await lock.extend();
    expect(await lock.unlock()).toBe("released");
  });

  it("gives a Cluster's replies and errors as without it", async () => {
    const node = ioredisNode(clients[1] as Client);
    expect(await node.send(["SET", "text", "007"])).toBe("OK");
    expect(await node.send(["GET", "text"])).toBe("007");
    expect(await node.send(["GET", "nothing"])).toBeNull();
    await expect(node.send(["RPUSH", "text", "item"])).rejects.toMatchObject({
      name: "ReplyError",
      message: expect.stringMatching(/^WRONGTYPE /),
    });
    expect(await node.send(["DEL", "text"])).toBe(1);
  });
});

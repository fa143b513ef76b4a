import { type RedisServer, startCluster, startServer } from "@redsync/conformance/servers";
import { nodeRedisNode } from "@redsync/node-redis";
import * as six from "redis";
import * as five from "redis-5";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.command("FLUSHALL");
  await server.command("ACL", "SETUSER", "worker", "reset", "on", ">right", "~*", "&*", "+@all");
});

const open: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

const credentials = { username: "worker", password: "right" };

describe.each([
  {
    name: "node-redis 6",
    createPool: (options: object) => six.createClientPool({ url: server.url, ...credentials }, options),
    createClient: (options: object) => six.createClient({ url: server.url, ...credentials, ...options }),
    createCluster: (urls: string[]) =>
      six.createCluster({ rootNodes: urls.map((url) => ({ url })), defaults: { disableOfflineQueue: true } }),
  },
  {
    name: "node-redis 5",
    createPool: (options: object) => five.createClientPool({ url: server.url, ...credentials }, options),
    createClient: (options: object) => five.createClient({ url: server.url, ...credentials, ...options }),
    createCluster: (urls: string[]) =>
      five.createCluster({
        rootNodes: urls.map((url) => ({ url })),
        defaults: { disableOfflineQueue: true },
      }),
  },
])("$name", ({ createPool, createClient, createCluster }) => {
  it("a pool that is busy does not repeat a refusal that is long over", async () => {
    const pool = createPool({ minimum: 1, maximum: 1, acquireTimeout: 1 });
    open.push(pool);
    const refused = new Promise<void>((resolve) =>
      pool.on("error", (error) => /^WRONGPASS/.test(error.message) && resolve()),
    );
    await pool.connect();
    const node = nodeRedisNode(pool);
    await server.command("ACL", "SETUSER", "worker", "resetpass", ">wrong");
    await server.command("CLIENT", "KILL", "USER", "worker");
    await refused;
    await server.command("ACL", "SETUSER", "worker", "resetpass", ">right");
    await expect.poll(() => node.send(["PING"]).catch(() => "not yet")).toBe("PONG");

    const busy = node.send(["BLPOP", "list", "0"]);
    const refusal = await node.send(["SET", "name", "value"]).catch((error) => error);
    expect(refusal).toMatchObject({ notSent: true, closed: false });
    expect(refusal.message).toMatch(/^Timeout waiting for a client/);
    expect(refusal.message).not.toContain("WRONGPASS");
    expect(refusal.cause.message).toMatch(/^Timeout waiting for a client/);
    await server.command("RPUSH", "list", "item");
    await busy;
  });

  it("a client whose queue is full does not say that its user may not do something else", async () => {
    await server.command("ACL", "SETUSER", "worker", "-ping");
    const client = createClient({ pingInterval: 1, commandsQueueMaxLength: 10 });
    open.push(client);
    const refused = new Promise<void>((resolve) =>
      client.on("error", (error) => /^NOPERM/.test(error.message) && resolve()),
    );
    const node = nodeRedisNode(client);
    await client.connect();
    await refused;
    const sending = Array.from({ length: 10 }, () => node.send(["GET", "name"]));
    await expect(node.send(["GET", "name"])).rejects.toMatchObject({
      notSent: true,
      message: "The queue is full",
      cause: { message: "The queue is full" },
    });
    // One of its own may have been in the queue.
    await Promise.allSettled(sending);
  });

  it("a cluster says why one of its servers is not reached, and tries again", async () => {
    await using servers = await startCluster();
    const cluster = createCluster(servers.servers.map(({ url }) => url));
    cluster.on("error", () => {});
    open.push(cluster);
    await cluster.connect();
    const node = nodeRedisNode(cluster);
    const send = () => node.send(["GET", "name"], { key: "name" });
    await send();
    await Promise.all(servers.servers.map((each) => each.kill()));
    await expect
      .poll(() => send().catch((error) => error))
      .toMatchObject({
        notSent: true,
        message: expect.stringMatching(/^The client is offline: .*ECONNREFUSED/),
        cause: { message: expect.stringContaining("ECONNREFUSED") },
      });
  });

  it("a cluster forgets the error of a server when one is reached", async () => {
    const cluster = createCluster([server.url]);
    cluster.on("error", () => {});
    const refusing = () => Promise.reject(new Error("The client is offline"));
    const offline = Object.defineProperties(cluster, {
      isOpen: { value: true },
      sendCommand: { value: refusing },
    });
    const node = nodeRedisNode(offline);
    cluster.emit("node-error", new Error("Socket closed long ago"));
    await expect(node.send(["PING"])).rejects.toThrow("The client is offline: Socket closed long ago");
    cluster.emit("node-ready");
    await expect(node.send(["PING"])).rejects.toThrow(/^The client is offline$/);
  });
});

import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { LockFailedError, type RedisNode, Redsync } from "@redsync/core";
import { nodeRedisNode } from "@redsync/node-redis";
import * as six from "redis";
import * as five from "redis-5";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command("FLUSHALL"));

const open: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

/** A command that must not arrive. */
const set = (node: RedisNode, signal?: AbortSignal) =>
  node.send(["SET", "name", "value"], signal ? { signal } : {});

const notSent = (message: RegExp, closed = false) => ({
  notSent: true,
  closed,
  message: expect.stringMatching(message),
  cause: expect.objectContaining({ message: expect.stringMatching(message) }),
});

describe.each([
  {
    name: "node-redis 6",
    createClient: (options: object = {}) => six.createClient({ url: server.url, ...options }),
    createPool: (options: object) => six.createClientPool({ url: server.url }, options),
  },
  {
    name: "node-redis 5",
    createClient: (options: object = {}) => five.createClient({ url: server.url, ...options }),
    createPool: (options: object) => five.createClientPool({ url: server.url }, options),
  },
])("$name", ({ createClient, createPool }) => {
  async function connected(options: object = {}) {
    const client = createClient(options);
    client.on("error", () => {});
    await client.connect();
    open.push(client);
    return client;
  }

  it("marks what a full queue refuses as not sent", async () => {
    const node = nodeRedisNode(await connected({ commandsQueueMaxLength: 10 }));
    const first = Array.from({ length: 10 }, () => node.send(["PING"]));
    await expect(set(node)).rejects.toMatchObject(notSent(/^The queue is full$/));
    expect(await Promise.all(first)).toContain("PONG");
    expect(await server.command("EXISTS", "name")).toBe(0);
  });

  it("marks what a client refuses that was never opened, or was closed", async () => {
    const client = createClient();
    await expect(set(nodeRedisNode(client))).rejects.toMatchObject(notSent(/^The client is closed/, true));
    const closed = await connected();
    await closed.close();
    open.pop();
    await expect(set(nodeRedisNode(closed))).rejects.toMatchObject(notSent(/^The client is closed/, true));
    const mutex = new Redsync(nodeRedisNode(closed), { tries: Number.POSITIVE_INFINITY }).mutex("name");
    await expect(mutex.lock()).rejects.toThrow(
      /node 0: refused: The client is closed, or was never connected/,
    );
    expect(await server.command("EXISTS", "name")).toBe(0);
  });

  it("marks what a client without an offline queue refuses while it connects", async () => {
    const client = createClient({ disableOfflineQueue: true });
    open.push(client);
    const connecting = client.connect();
    await expect(set(nodeRedisNode(client))).rejects.toMatchObject(notSent(/^The client is offline$/));
    await connecting;
    expect(await server.command("EXISTS", "name")).toBe(0);
  });

  it("marks what a signal has taken out of the queue", async () => {
    const client = createClient();
    open.push(client);
    const connecting = client.connect();
    const controller = new AbortController();
    const sending = set(nodeRedisNode(client), controller.signal);
    controller.abort();
    await expect(sending).rejects.toMatchObject(notSent(/^The command was aborted$/));
    await connecting;
    expect(await server.command("EXISTS", "name")).toBe(0);
  });

  it("marks what a pool could not give to a client in time", async () => {
    const pool = createPool({ maximum: 1, acquireTimeout: 1 });
    pool.on("error", () => {});
    await pool.connect();
    open.push(pool);
    const node = nodeRedisNode(pool);
    const busy = node.send(["BLPOP", "list", "0"]);
    await expect(set(node)).rejects.toMatchObject(notSent(/^Timeout waiting for a client/));
    await server.command("RPUSH", "list", "item");
    await busy;
    expect(await server.command("EXISTS", "name")).toBe(0);
  });

  it("does not mark what was under way when the connection broke", async () => {
    const node = nodeRedisNode(await connected());
    const lost = expect(node.send(["BLPOP", "list", "0"])).rejects.not.toHaveProperty("notSent");
    await server.kill();
    await lost;
    await server.restart();
  });

  it("leaves nothing behind of 300 locks through a queue of 10", async () => {
    // Each with a command of its own.
    const node = { ...nodeRedisNode(await connected({ commandsQueueMaxLength: 10 })), slots: true };
    const redsync = new Redsync(node, { expiry: 60_000, timeoutFactor: 0.5 });
    // The script is there from now on.
    await (await redsync.mutex("first").lock()).unlock();
    const names = Array.from({ length: 300 }, (_, index) => `name ${index}`);
    const outcomes = await Promise.allSettled(names.map((name) => redsync.mutex(name).tryLock()));
    const locks = outcomes.flatMap((one) => (one.status === "fulfilled" && one.value ? [one.value] : []));
    expect(locks).toHaveLength(10);
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      expect(outcome.reason).toBeInstanceOf(LockFailedError);
      expect(outcome.reason.outcomes).toMatchObject([{ status: "failed", error: { refused: true } }]);
    }
    // One that fills the queue, and all that are locked.
    await Promise.all([
      redsync.mutex("other").tryLock(),
      ...locks.map((lock) => lock.unlock().catch(() => {})),
    ]);
    await redsync.settled();
    expect(await server.command("KEYS", "name *")).toEqual([]);
  });
});

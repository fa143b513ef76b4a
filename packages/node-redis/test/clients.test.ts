import {
  type RedisServer,
  type SentinelGroup,
  startSentinel,
  startServer,
} from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { nodeRedisNode } from "@redsync/node-redis";
import * as six from "redis";
import * as five from "redis-5";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

/** Limits that a machine which stands still for seconds does not meet. */
const calm = { expiry: 60_000, timeoutFactor: 0.5 };

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

const strange = {
  [six.RESP_TYPES.NUMBER]: String,
  [six.RESP_TYPES.BLOB_STRING]: Buffer,
  [six.RESP_TYPES.SIMPLE_STRING]: Buffer,
  [six.RESP_TYPES.ARRAY]: Set,
};

describe.each([
  { name: "node-redis 6", create: (options: object) => six.createClient({ url: server.url, ...options }) },
  {
    name: "node-redis 6, RESP2",
    create: (options: object) => six.createClient({ url: server.url, RESP: 2, ...options }),
  },
  {
    name: "node-redis 6, a pool",
    create: (options: object) => six.createClientPool({ url: server.url, ...options }),
  },
  { name: "node-redis 5", create: (options: object) => five.createClient({ url: server.url, ...options }) },
  {
    name: "node-redis 5, RESP3",
    create: (options: object) => five.createClient({ url: server.url, RESP: 3, ...options }),
  },
  {
    name: "node-redis 5, a pool",
    create: (options: object) => five.createClientPool({ url: server.url, ...options }),
  },
])("$name", ({ create }) => {
  it("gives replies as the server had them, whatever types the client's own are mapped to", async () => {
    const node = nodeRedisNode(await connected(create({ commandOptions: { typeMapping: strange } })));
    const lock = await new Redsync(node, calm).mutex("name").lock();
    expect(await node.send(["GET", "name"])).toBe(lock.value);
    expect(await node.send(["EXISTS", "name"])).toBe(1);
    expect(await node.send(["EVAL", `return {1, "1", false}`, "0"])).toEqual([1, "1", null]);
    expect(await lock.unlock()).toBe("released");
  });

  it("takes a command that nobody waits for out of the queue of a client whose server is down", async () => {
    const client = await connected(create({}));
    const node = nodeRedisNode(client);
    await server.kill();
    const controller = new AbortController();
    const sending = node.send(["SET", "name", "late"], { signal: controller.signal });
    controller.abort();
    await expect(sending).rejects.toThrow();
    await server.restart();
    await expect.poll(() => node.send(["PING"]).catch(() => "down")).toBe("PONG");
    expect(await server.command("EXISTS", "name")).toBe(0);
  });
});

describe.each([
  { name: "node-redis 6", create: () => six.createClient({ url: server.url }) },
  { name: "node-redis 5", create: () => five.createClient({ url: server.url }) },
])("$name", ({ create }) => {
  it("unsubscribes once, and only when its last listener has left", async () => {
    const subscriber = await connected(create());
    const node = nodeRedisNode(create(), { subscriber });
    const heard: string[] = [];
    const leaveFirst = await node.subscribe?.("channel", (message) => heard.push(`first ${message}`));
    const leaveSecond = await node.subscribe?.("channel", (message) => heard.push(`second ${message}`));
    const subscribers = () => server.command("PUBSUB", "NUMSUB", "channel");
    expect(await subscribers()).toEqual(["channel", 1]);

    await Promise.all([leaveFirst?.(), leaveFirst?.()]);
    await leaveFirst?.();
    expect(await subscribers()).toEqual(["channel", 1]);
    await server.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["second message"]);

    await leaveSecond?.();
    expect(await subscribers()).toEqual(["channel", 0]);
  });

  it("tells one function that listens twice apart", async () => {
    const node = nodeRedisNode(create(), { subscriber: await connected(create()) });
    const heard: string[] = [];
    const hear = (message: string) => heard.push(message);
    const leave = await node.subscribe?.("channel", hear);
    await node.subscribe?.("channel", hear);
    await leave?.();
    await server.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["message"]);
  });

  it("subscribes after the server has refused to", async () => {
    await server.command("ACL", "SETUSER", "default", "resetchannels");
    const node = nodeRedisNode(create(), { subscriber: await connected(create()) });
    const heard: string[] = [];
    const subscribe = () => node.subscribe?.("channel", (message) => heard.push(message));
    await expect(subscribe()).rejects.toThrow(/NOPERM/);
    await server.command("ACL", "SETUSER", "default", "allchannels");
    await subscribe();
    await server.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["message"]);
  });
});

describe("behind Sentinel, with replicas in use for reading", () => {
  let group: SentinelGroup;
  beforeAll(async () => {
    group = await startSentinel();
  });
  afterAll(() => group.stop());

  const options = () => ({
    name: group.name,
    sentinelRootNodes: group.sentinels.map(({ host, port }) => ({ host, port })),
    replicaPoolSize: 1,
  });

  it.each([
    { name: "node-redis 6", create: () => six.createSentinel(options()) },
    { name: "node-redis 5", create: () => five.createSentinel(options()) },
  ])("asks the primary alone: $name", async ({ create }) => {
    const node = nodeRedisNode(await connected(create()));
    for (let time = 0; time < 10; time++) {
      expect(await node.send(["ROLE"])).toContain("master");
    }
  });
});

import { type RedisServer, startServer } from "@redsync/conformance/servers";
import type { RedisNode } from "@redsync/core";
import { glideNode } from "@redsync/valkey-glide";
import {
  Decoder,
  GlideClient,
  type GlideClientConfiguration,
  Logger,
  ProtocolVersion,
} from "@valkey/valkey-glide";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";

// It warns of every error that a server replies with.
Logger.setLoggerConfig("off");

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const open: GlideClient[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function connect(options: Partial<GlideClientConfiguration> = {}): Promise<GlideClient> {
  const { host, port } = server;
  const client = await GlideClient.createClient({
    addresses: [{ host, port }],
    requestTimeout: 60_000,
    advancedConfiguration: { connectionTimeout: 60_000 },
    ...options,
  });
  open.push(client);
  return client;
}

async function listen(node: RedisNode) {
  const heard: string[] = [];
  const leave = await node.subscribe?.("channel", (message) => heard.push(message));
  if (leave === undefined) throw new Error("the node cannot subscribe");
  return { heard, leave };
}

const subscribers = async () =>
  ((await server.command("PUBSUB", "NUMSUB", "channel")) as [string, number])[1];
const publish = (message: string) => server.command("PUBLISH", "channel", message);

it.each([{}, { protocol: ProtocolVersion.RESP3 }, { defaultDecoder: Decoder.Bytes }])(
  "listens beside its other work: %o",
  async (options) => {
    const client = await connect(options);
    const node = glideNode(client, { subscriber: client });
    for (let turn = 0; turn < 3; turn++) {
      const [first, second] = [await listen(node), await listen(node)];
      expect(await node.send(["SET", "name", "value"])).toBe("OK");
      await publish("one");
      await expect.poll(() => [first.heard, second.heard]).toEqual([["one"], ["one"]]);
      await Promise.all([first.leave(), first.leave()]);
      expect(await subscribers()).toBe(1);
      await publish("two");
      await expect.poll(() => second.heard).toEqual(["one", "two"]);
      await second.leave();
      expect(await subscribers()).toBe(0);
      expect(first.heard).toEqual(["one"]);
    }
    expect(await node.send(["GET", "name"])).toBe("value");
  },
);

it("is shared by the nodes over it", async () => {
  const client = await connect();
  const nodeOf = () => glideNode(client, { subscriber: client });
  const [first, second] = [await listen(nodeOf()), await listen(nodeOf())];
  await first.leave();
  await publish("message");
  await expect.poll(() => second.heard).toEqual(["message"]);
});

it("subscribes again when its connection is lost", async () => {
  const client = await connect();
  const { heard, leave } = await listen(glideNode(client, { subscriber: client }));
  await server.command("CLIENT", "KILL", "TYPE", "pubsub");
  await expect.poll(subscribers).toBe(1);
  await publish("message");
  await expect.poll(() => heard).toEqual(["message"]);
  await leave();
  expect(await subscribers()).toBe(0);
});

it("hears on after a listener has thrown", async () => {
  const client = await connect();
  const node = glideNode(client, { subscriber: client });
  const thrown = new Promise((resolve) => process.once("uncaughtException", resolve));
  await node.subscribe?.("channel", () => {
    throw new Error("by the listener");
  });
  const { heard } = await listen(node);
  await publish("message");
  await expect.poll(() => heard).toEqual(["message"]);
  expect(await thrown).toMatchObject({ message: "by the listener" });
});

it("rejects with a client that gives its messages to a callback, and with one that is closed", async () => {
  const channelsAndPatterns = {};
  const busy = await connect({ pubsubSubscriptions: { channelsAndPatterns, callback: () => {} } });
  await expect(listen(glideNode(busy, { subscriber: busy }))).rejects.toThrow(/callback/);
  await expect.poll(subscribers).toBe(0);
  const closed = await connect();
  const node = glideNode(closed, { subscriber: closed });
  closed.close();
  await expect(listen(node)).rejects.toThrow(/closed/);
});

it("does not listen without being told, as it would take the user's messages", async () => {
  expect(glideNode(await connect())).not.toHaveProperty("subscribe");
});

it("refuses what cannot listen: RESP2, which takes messages for replies, and older versions", async () => {
  const client = await connect();
  const old = await connect({ protocol: ProtocolVersion.RESP2 });
  expect(() => glideNode(client, { subscriber: old })).toThrow(/expects a client that speaks RESP3/);
  expect(() => glideNode(client, { subscriber: {} as GlideClient })).toThrow(/2\.3 or later/);
});

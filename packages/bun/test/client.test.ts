import { afterEach, beforeEach, describe, expect, it } from "bun:test";
import { bunNode } from "@redsync/bun";
import { givenPorts } from "@redsync/conformance/given-servers";
import { command } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { RedisClient } from "bun";

const port = givenPorts()[0] as number;
const url = `redis://127.0.0.1:${port}`;
let client: RedisClient;
let subscriber: RedisClient;

beforeEach(async () => {
  await command(port, "FLUSHALL");
  client = new RedisClient(url);
  await client.connect();
  subscriber = await client.duplicate();
});
afterEach(() => {
  client.close();
  subscriber.close();
});

const subscribers = () => command(port, "PUBSUB", "NUMSUB", "channel");
const node = () => {
  const made = bunNode(client, { subscriber });
  if (made.subscribe === undefined) throw new Error("it cannot subscribe");
  return { ...made, subscribe: made.subscribe };
};

it("rejects with the client's own error, whose word is in the message alone", async () => {
  await command(port, "SET", "name", "text");
  const error = await node()
    .send(["RPUSH", "name", "item"])
    .catch((error) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    code: "ERR_REDIS_SERVER_ERROR",
    message: expect.stringMatching(/^WRONGTYPE /),
  });
});

it.each([
  ["without an offline queue, before it is connected", { enableOfflineQueue: false }, /queue is disabled$/],
  ["that has given up", { maxRetries: 0 }, /^Connection has failed$/],
])("marks what a client refuses as not sent: one %s", async (_, options, message) => {
  const { enableOfflineQueue = true } = options as { enableOfflineQueue?: boolean };
  const offline = new RedisClient(enableOfflineQueue ? "redis://127.0.0.1:1" : url, options);
  if (enableOfflineQueue) await offline.connect().catch(() => {});
  const refusal = await bunNode(offline)
    .send(["SET", "name", "value"])
    .catch((error) => error);
  expect(refusal).toMatchObject({
    notSent: true,
    closed: enableOfflineQueue,
    message: expect.stringMatching(message),
  });
  expect(refusal.cause).toMatchObject({ code: "ERR_REDIS_CONNECTION_CLOSED" });
  expect(await command(port, "EXISTS", "name")).toBe(0);
  offline.close();
});

it("does not mark what was under way when the client is closed", async () => {
  const closing = new RedisClient(url);
  await closing.connect();
  const lost = bunNode(closing)
    .send(["BLPOP", "list", "0"])
    .catch((error) => error);
  closing.close();
  expect(await lost).toBeInstanceOf(Error);
  expect(await lost).not.toHaveProperty("notSent");
});

it("unsubscribes once, and only when its last listener has left", async () => {
  const heard: string[] = [];
  const { subscribe } = node();
  const leaveFirst = await subscribe("channel", (message) => heard.push(`first ${message}`));
  const leaveSecond = await subscribe("channel", (message) => heard.push(`second ${message}`));
  expect(await subscribers()).toEqual(["channel", 1]);

  await Promise.all([leaveFirst(), leaveFirst()]);
  await leaveFirst();
  expect(await subscribers()).toEqual(["channel", 1]);
  await command(port, "PUBLISH", "channel", "message");
  await subscriber.send("PING", []); // what was published before has come
  expect(heard).toEqual(["second message"]);

  await leaveSecond();
  expect(await subscribers()).toEqual(["channel", 0]);
});

it("keeps a function that listens twice until it has left twice", async () => {
  const heard: string[] = [];
  const listen = (message: string) => heard.push(message);
  const { subscribe } = node();
  const leaveFirst = await subscribe("channel", listen);
  const leaveSecond = await subscribe("channel", listen);
  await leaveFirst();
  await command(port, "PUBLISH", "channel", "message");
  await subscriber.send("PING", []);
  expect(heard).toEqual(["message"]);
  await leaveSecond();
});

it("rejects where it cannot subscribe", async () => {
  subscriber.close();
  await expect(node().subscribe("channel", () => {})).rejects.toThrow("Connection");
});

describe("where the server refuses a channel", () => {
  beforeEach(() => command(port, "ACL", "SETUSER", "default", "resetchannels", "&open"));
  afterEach(() => command(port, "ACL", "SETUSER", "default", "allchannels"));

  it("rejects with its word, and who was refused hears nothing later", async () => {
    const refused: string[] = [];
    const heard: string[] = [];
    const { subscribe } = node();
    await expect(subscribe("channel", (message) => refused.push(message))).rejects.toThrow(/^NOPERM/);
    await command(port, "ACL", "SETUSER", "default", "allchannels");
    await subscribe("channel", (message) => heard.push(message));
    await command(port, "PUBLISH", "channel", "message");
    await subscriber.send("PING", []);
    expect(heard).toEqual(["message"]);
    expect(refused).toEqual([]);
  });

  it("rejects beside another channel, though Bun gives up the connection and says nothing", async () => {
    const { subscribe } = node();
    await subscribe("open", () => {});
    await expect(subscribe("channel", () => {})).rejects.toThrow(
      "the server has not confirmed it within 10000 ms",
    );
    await expect(subscribe("open", () => {})).rejects.toThrow("Connection has failed");

    await command(port, "ACL", "SETUSER", "default", "allchannels");
    await subscriber.connect();
    const heard: string[] = [];
    await subscribe("channel", (message) => heard.push(message));
    await command(port, "PUBLISH", "channel", "message");
    await subscriber.send("PING", []);
    expect(heard).toEqual(["message"]);
  });
});

it("leaves a channel that is confirmed too late", async () => {
  const left: string[] = [];
  let confirm: (count: number) => void = () => {};
  const late = {
    subscribe: () =>
      new Promise<number>((resolve) => {
        confirm = resolve;
      }),
    unsubscribe: async (channel: string) => left.push(channel),
  };
  const { subscribe } = bunNode(client, { subscriber: late });
  await expect(subscribe?.("channel", () => {})).rejects.toThrow("has not confirmed");
  expect(left).toEqual([]);
  confirm(1);
  await client.send("PING", []);
  expect(left).toEqual(["channel"]);
});

it("is refused twice in one Redsync, where one server would vote twice", () => {
  expect(() => new Redsync([bunNode(client), bunNode(client)])).toThrow(/again/);
});

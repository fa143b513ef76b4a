import { expect, it } from "bun:test";
import { type BunSubscriber, bunNode } from "@redsync/bun";
import { memoryNode } from "@redsync/memory";
import { RedisClient, redis } from "bun";
import { Redis } from "ioredis";

const refused = (client: unknown) => () => bunNode(client as RedisClient);

it("takes a client, the shared one too, as the client behind the node", () => {
  for (const client of [new RedisClient(), redis]) expect(bunNode(client).client).toBe(client);
});

it.each([
  ["undefined", undefined],
  ["null", null],
  ["a URL", "redis://localhost"],
  ["the class in place of an instance", RedisClient],
  ["an empty object", {}],
  ["a client of ioredis", new Redis({ lazyConnect: true })],
  ["a client of node-redis", { sendCommand: async () => "OK", get: async () => "OK", isOpen: true }],
  ["a node", memoryNode()],
  ["a list of clients", [new RedisClient()]],
])("refuses %s", (_, client) => {
  expect(refused(client)).toThrow(TypeError);
  expect(refused(client)).toThrow(/expects a RedisClient of Bun/);
});

it("can subscribe only where it has a second client for that", () => {
  expect(bunNode(new RedisClient())).not.toHaveProperty("subscribe");
  expect(bunNode(new RedisClient(), { subscriber: new RedisClient() })).toHaveProperty("subscribe");
});

it.each([
  ["null", null],
  ["false", false],
  ["a URL", "redis://localhost"],
  ["an empty object", {}],
  ["the class in place of an instance", RedisClient],
  ["the promise of a client, whose await was forgotten", Promise.resolve(new RedisClient())],
])("refuses a subscriber that is %s", (_, subscriber) => {
  const make = () => bunNode(new RedisClient(), { subscriber: subscriber as unknown as BunSubscriber });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(
    /^bunNode\(client, \{ subscriber \}\) expects a second client, such as await client\.duplicate\(\)/,
  );
});

it("refuses the client as its own subscriber: it could do little else then", () => {
  const client = new RedisClient();
  expect(() => bunNode(client, { subscriber: client })).toThrow(/expects a second client/);
});

it.each([
  ["an index, as from map()", 5],
  ["null", null],
  ["a text", "text"],
  ["a function", () => {}],
  ["an option that there is not", { subscribers: [] }],
])("refuses options that are %s", (_, options) => {
  const make = () => bunNode(new RedisClient(), options as object);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^bunNode\(.*options\) expects \{ \w+ \} as its options, or none$/);
});

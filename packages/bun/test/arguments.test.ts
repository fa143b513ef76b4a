import { expect, it } from "bun:test";
import { bunNode } from "@redsync/bun";
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

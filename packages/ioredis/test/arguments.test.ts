import { type IoredisSubscriber, ioredisNode } from "@redsync/ioredis";
import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis-5";
import { Cluster as ClusterOfValkey, Redis as RedisOfValkey } from "iovalkey";
import { describe, expect, it } from "vitest";

const refused = (client: unknown) => () => ioredisNode(client as Redis);
const lazy = { lazyConnect: true };
const address = { host: "127.0.0.1", port: 1 };

describe.each([
  {
    name: "ioredis 6",
    classes: [Redis, Cluster],
    redis: new Redis(lazy),
    cluster: new Cluster([address], lazy),
  },
  {
    name: "ioredis 5",
    classes: [Redis5, Cluster5],
    redis: new Redis5(lazy),
    cluster: new Cluster5([address], lazy),
  },
  {
    name: "iovalkey",
    classes: [RedisOfValkey, ClusterOfValkey],
    redis: new RedisOfValkey(lazy),
    cluster: new ClusterOfValkey([address], lazy),
  },
])("$name", ({ classes, redis, cluster }) => {
  it("takes its Redis and its Cluster, as the client behind the node", () => {
    expect(ioredisNode(redis).client).toBe(redis);
    expect(ioredisNode(cluster).client).toBe(cluster);
  });

  it("refuses the class in place of an instance", () => {
    for (const each of classes) expect(refused(each)).toThrow(TypeError);
  });
});

const stringNumbers = { ...lazy, stringNumbers: true };

it.each([
  ["ioredis 6", new Redis(stringNumbers)],
  ["ioredis 5", new Redis5(stringNumbers)],
  ["iovalkey", new RedisOfValkey(stringNumbers)],
  ["a Cluster of ioredis 6", new Cluster([address], { ...lazy, redisOptions: stringNumbers })],
  ["a Cluster of ioredis 5", new Cluster5([address], { ...lazy, redisOptions: stringNumbers })],
  ["a Cluster of iovalkey", new ClusterOfValkey([address], { ...lazy, redisOptions: stringNumbers })],
])("refuses a client with stringNumbers, whose integers would be no votes: %s", (_, client) => {
  expect(refused(client)).toThrow(TypeError);
  expect(refused(client)).toThrow(/stringNumbers/);
});

it.each([
  ["undefined", undefined],
  ["null", null],
  ["a URL", "redis://localhost"],
  ["a function", () => {}],
  ["an empty object", {}],
  ["a client of node-redis", { sendCommand: async () => "OK", connect: async () => {}, isOpen: true }],
  ["a list of clients", [new Redis(lazy)]],
  ["a pipeline", new Redis(lazy).pipeline()],
])("refuses %s", (_, client) => {
  expect(refused(client)).toThrow(TypeError);
  expect(refused(client)).toThrow(/expects a Redis or Cluster of ioredis 5 or 6, or of iovalkey/);
});

it.each([
  ["a client of ioredis 6", new Redis(lazy)],
  ["a Cluster of ioredis 6", new Cluster([address], lazy)],
  ["a Cluster of ioredis 5", new Cluster5([address], lazy)],
  ["a Cluster of iovalkey", new ClusterOfValkey([address], lazy)],
])("subscribes without a second client: %s", (_, client) => {
  expect(ioredisNode(client)).toHaveProperty("subscribe");
});

it.each([
  ["a client of ioredis 6 with protocol 2", new Redis({ ...lazy, protocol: 2 })],
  ["a client of ioredis 5", new Redis5(lazy)],
  ["a client of iovalkey", new RedisOfValkey(lazy)],
])("subscribes only with a second client: %s", (_, client) => {
  expect(ioredisNode(client)).not.toHaveProperty("subscribe");
  expect(ioredisNode(client, { subscriber: client.duplicate() })).toHaveProperty("subscribe");
});

it.each([
  ["a client of ioredis 6 with protocol 2", new Redis({ ...lazy, protocol: 2 })],
  ["a client of ioredis 5", new Redis5(lazy)],
  ["a client of iovalkey", new RedisOfValkey(lazy)],
])("refuses a client as its own subscriber that could do nothing else then: %s", (_, client) => {
  const make = () => ioredisNode(client, { subscriber: client });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/\{ subscriber \}\) expects a second client, such as client\.duplicate\(\)/);
});

it.each([
  ["a client of ioredis 6", new Redis(lazy)],
  ["a Cluster of ioredis 5", new Cluster5([address], lazy)],
])("takes a client as its own subscriber that listens beside its other work: %s", (_, client) => {
  expect(ioredisNode(client, { subscriber: client as IoredisSubscriber })).toHaveProperty("subscribe");
});

it.each([
  ["null", null],
  ["false", false],
  ["a URL", "redis://localhost"],
  ["an empty object", {}],
  ["a class", Redis5],
  ["the promise of a client", Promise.resolve(new Redis5(lazy))],
  ["a client of node-redis", { subscribe: async () => {}, unsubscribe: async () => {} }],
])("refuses a subscriber that is %s", (_, subscriber) => {
  for (const client of [new Redis(lazy), new Redis5(lazy)]) {
    const make = () => ioredisNode(client, { subscriber: subscriber as IoredisSubscriber });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/^ioredisNode\(client, \{ subscriber \}\) expects a second client/);
  }
});

it.each([
  ["an index, as from map()", 5],
  ["null", null],
  ["a text", "text"],
  ["a function", () => {}],
  ["a second client", new Redis(lazy)],
  ["an option that there is not", { subscribers: [] }],
])("refuses options that are %s", (_, options) => {
  const make = () => ioredisNode(new Redis(lazy), options as object);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^ioredisNode\(.*options\) expects \{ \w+ \} as its options, or none$/);
});

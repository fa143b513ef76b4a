import {
  type NodeRedisClient,
  type NodeRedisCluster,
  type NodeRedisSubscriber,
  nodeRedisNode,
} from "@redsync/node-redis";
import { Redis } from "ioredis";
import * as six from "redis";
import * as five from "redis-5";
import { describe, expect, it } from "vitest";

const refused = (client: unknown) => () => nodeRedisNode(client as NodeRedisClient);
const url = "redis://127.0.0.1:1";
const address = { host: "127.0.0.1", port: 1 };
const rootNodes = [{ url }];
const group = { name: "primary", sentinelRootNodes: [address] };

describe.each([
  {
    version: "node-redis 6",
    clients: {
      client: six.createClient({ url }),
      "client of RESP2": six.createClient({ url, RESP: 2 }),
      "client with a type mapping": six
        .createClient({ url })
        .withTypeMapping({ [six.RESP_TYPES.NUMBER]: String }),
      pool: six.createClientPool({ url }),
      cluster: six.createCluster({ rootNodes }),
      sentinel: six.createSentinel(group),
    },
    notClients: {
      ...six,
      legacy: six.createClient({ url }).legacy(),
      multi: six.createClient({ url }).multi(),
    },
  },
  {
    version: "node-redis 5",
    clients: {
      client: five.createClient({ url }),
      "client of RESP3": five.createClient({ url, RESP: 3 }),
      "client with a type mapping": five
        .createClient({ url })
        .withTypeMapping({ [five.RESP_TYPES.NUMBER]: String }),
      pool: five.createClientPool({ url }),
      cluster: five.createCluster({ rootNodes }),
      sentinel: five.createSentinel(group),
    },
    notClients: {
      ...five,
      legacy: five.createClient({ url }).legacy(),
      multi: five.createClient({ url }).multi(),
    },
  },
])("$version", ({ clients, notClients }) => {
  it.each(Object.entries(clients))("takes a %s, as the client behind the node", (_, client) => {
    expect(nodeRedisNode(client).client).toBe(client);
  });

  it.each(Object.entries(notClients).filter(([, thing]) => thing instanceof Object))(
    "refuses what is no client of its exports: %s",
    (_, thing) => {
      expect(refused(thing)).toThrow(TypeError);
    },
  );
});

it.each([
  ["undefined", undefined],
  ["null", null],
  ["a URL", "redis://localhost"],
  ["a function", () => {}],
  ["an empty object", {}],
  ["a client of ioredis", new Redis({ lazyConnect: true })],
  ["a client of node-redis 4", { sendCommand: async () => "OK", connect: async () => {}, isOpen: true }],
  ["a connection lent by a sentinel", { sendCommand: async () => "OK", withTypeMapping: () => {} }],
  ["the promise of a client", Promise.resolve(six.createClient({ url }))],
  ["a list of clients", [six.createClient({ url })]],
])("refuses %s", (_, client) => {
  expect(refused(client)).toThrow(TypeError);
  expect(refused(client)).toThrow(/expects a client, a pool, a cluster or a sentinel of node-redis 5 or 6/);
});

it("can subscribe only where it has something that listens", () => {
  const client = six.createClient({ url, RESP: 2 });
  expect(nodeRedisNode(client)).not.toHaveProperty("subscribe");
  expect(nodeRedisNode(six.createClient({ url }))).toHaveProperty("subscribe");
  expect(nodeRedisNode(client, { subscriber: client.duplicate() })).toHaveProperty("subscribe");
});

it("takes whatever listens as its subscriber", () => {
  const client = six.createClient({ url, RESP: 2 });
  const subscribers = [
    six.createClient({ url }),
    six.createCluster({ rootNodes }),
    six.createSentinel(group),
    five.createClient({ url }),
    five.createCluster({ rootNodes }),
    five.createSentinel(group),
  ];
  for (const subscriber of subscribers) {
    expect(nodeRedisNode(client, { subscriber })).toHaveProperty("subscribe");
  }
});

it.each([
  ["a client of node-redis 6", six.createClient({ url })],
  ["a client of node-redis 5 with RESP 3", five.createClient({ url, RESP: 3 })],
  ["a cluster of node-redis 6 with RESP 2", six.createCluster({ rootNodes, RESP: 2 })],
  ["a sentinel of node-redis 5", five.createSentinel(group)],
])("takes %s as its own subscriber, which listens beside its other work", (_, client) => {
  const itself = client as NodeRedisClient & NodeRedisSubscriber;
  expect(nodeRedisNode(itself, { subscriber: itself })).toHaveProperty("subscribe");
});

it.each([
  ["a client of node-redis 5", five.createClient({ url })],
  ["a client of node-redis 6 with RESP 2", six.createClient({ url, RESP: 2 })],
  [
    "a client of node-redis 6 of which it is not known",
    six.createClient({ url, maintNotifications: "disabled" }),
  ],
])("refuses %s as its own subscriber, which could do nothing else then", (_, client) => {
  const itself = client as NodeRedisClient & NodeRedisSubscriber;
  const make = () => nodeRedisNode(itself, { subscriber: itself });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/\{ subscriber \}\) expects a second client, .*, or a client with RESP: 3/);
});

it.each([
  ["null", null],
  ["false", false],
  ["a URL", "redis://localhost"],
  ["an empty object", {}],
  ["the promise of a client", Promise.resolve(five.createClient({ url }))],
  ["a pool", six.createClientPool({ url })],
])("refuses a subscriber that is %s", (_, subscriber) => {
  for (const client of [six.createClient({ url }), five.createClient({ url })]) {
    const make = () => nodeRedisNode(client, { subscriber: subscriber as unknown as NodeRedisSubscriber });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(
      /^nodeRedisNode\(client, \{ subscriber \}\) expects a second client, such as await client\.duplicate\(\)\.connect\(\)/,
    );
  }
});

it.each([
  ["node-redis 6", six.createCluster({ rootNodes, useReplicas: true })],
  ["node-redis 5", five.createCluster({ rootNodes, useReplicas: true })],
])("asks a Cluster for the primary of the key's slot, and leaves no choice: %s", async (_, cluster) => {
  const calls: unknown[][] = [];
  const recording = Object.assign(cluster, {
    sendCommand: async (...args: unknown[]) => {
      calls.push(args.slice(0, 3));
    },
  });
  await nodeRedisNode(recording as NodeRedisCluster).send(["GET", "name"], { key: "name" });
  expect(calls).toEqual([["name", false, ["GET", "name"]]]);
});

it.each([
  ["an index, as from map()", 5],
  ["null", null],
  ["a text", "text"],
  ["a function", () => {}],
  ["an option that there is not", { subscribers: [] }],
])("refuses options that are %s", (_, options) => {
  const make = () => nodeRedisNode(six.createClient({ url }), options as object);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^nodeRedisNode\(.*options\) expects \{ \w+ \} as its options, or none$/);
});

import { type GlideClient, glideNode } from "@redsync/valkey-glide";
import { Batch, GlideClient as Client, ClusterBatch, GlideClusterClient } from "@valkey/valkey-glide";
import { expect, it } from "vitest";

const refused = (client: unknown) => () => glideNode(client as GlideClient);

it.each([
  ["undefined", undefined],
  ["null", null],
  ["a URL", "redis://localhost"],
  ["the class of a client", Client],
  ["the class of a cluster's client", GlideClusterClient],
  ["the promise of a client", Promise.resolve({})],
  ["a batch", new Batch(false)],
  ["a cluster's batch", new ClusterBatch(true)],
  ["an empty object", {}],
  ["a client of ioredis", { call: async () => "OK", sendCommand: async () => "OK" }],
])("refuses %s", (_, client) => {
  expect(refused(client)).toThrow(TypeError);
  expect(refused(client)).toThrow(/expects a GlideClient or a GlideClusterClient of Valkey GLIDE 2/);
});

const client = { customCommand: async () => "OK", close: () => {} };

it.each([
  ["an index, as from map()", 5],
  ["null", null],
  ["a text", "text"],
  ["a function", () => {}],
  ["an option that there is not", { subscribers: [] }],
])("refuses options that are %s", (_, options) => {
  const make = () => glideNode(client, options as object);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^glideNode\(.*options\) expects \{ \w+ \} as its options, or none$/);
});

it.each([null, false, {}, Promise.resolve(client), client])("refuses %o as a subscriber", (subscriber) => {
  const make = () => glideNode(client, { subscriber: subscriber as never });
  expect(make).toThrow(TypeError);
  expect(make).toThrow("glideNode(client, { subscriber }) expects a client of Valkey GLIDE 2.3 or later");
});

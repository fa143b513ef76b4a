import { expect, it } from "vitest";
import { type RedisNode, Redsync } from "../src/index.ts";
import { answering } from "./answering.ts";

const having = (...methods: string[]) => Object.fromEntries(methods.map((method) => [method, () => {}]));

it.each<[client: string, given: unknown, advice: RegExp]>([
  [
    "ioredis",
    having("defineCommand", "call", "sendCommand", "get"),
    /wrap it, ioredisNode\(client\), as in docs\/adapters\.md$/,
  ],
  [
    "node-redis 5",
    having("sendCommand", "withTypeMapping", "get"),
    /wrap it, nodeRedisNode\(client\), as in docs\/adapters\.md$/,
  ],
  [
    "node-redis 4",
    having("sendCommand", "get"),
    /wrap it, nodeRedis4Node\(client\), as in docs\/adapters\.md$/,
  ],
  ["GLIDE", having("customCommand", "get"), /wrap it, glideNode\(client\), as in docs\/adapters\.md$/],
  ["Upstash", having("createScript", "get"), /wrap it, upstashNode\(client\), as in docs\/adapters\.md$/],
  ["Bun", having("send", "get", "hmget"), /wrap it, bunNode\(client\), as in docs\/adapters\.md$/],
  ["a URL", "redis://:secret@localhost", /as of ioredisNode\(client\), not string$/],
  ["anything else", {}, /as of ioredisNode\(client\), not object$/],
])("what is no node is named by what it is: %s", (_, given, advice) => {
  const make = () =>
    new Redsync(["memory", given].map((each) => (each === "memory" ? answering(1) : each)) as RedisNode[]);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^node 1 must be a RedisNode, /);
  expect(make).toThrow(advice);
  expect(make).not.toThrow(/secret/);
});

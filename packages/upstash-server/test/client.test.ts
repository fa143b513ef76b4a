import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { Redis as Upstash } from "@upstash/redis";
import { Redis } from "ioredis-5";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startUpstash, type UpstashServer } from "../src/index.ts";

// The client and ioredis say the same to a server each, and must hear the same.
let servers: readonly RedisServer[];
let rest: UpstashServer;
let redis: Redis;
beforeAll(async () => {
  servers = await startServers(2);
  rest = await startUpstash({ redis: { port: servers[0]?.port ?? 0 } });
  redis = new Redis(servers[1]?.port ?? 0);
});
afterAll(async () => {
  redis.disconnect();
  await rest.stop();
  await Promise.all(servers.map((server) => server.stop()));
});
beforeEach(async () => {
  await Promise.all(servers.map((server) => server.command("FLUSHALL")));
});

const binary = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));
const lua = `return {1, "1", false, {"OK", {}}, redis.status_reply("OK"), redis.status_reply("PONG"), ARGV[1]}`;

/** The commands of the client's own methods, with what they send. */
const commands: readonly (readonly [send: (client: Upstash) => Promise<unknown>, ...command: string[]])[] = [
  [(client) => client.ping(), "PING"],
  [(client) => client.echo("OK"), "ECHO", "OK"],
  [(client) => client.set("text", "OK"), "SET", "text", "OK"],
  [(client) => client.get("text"), "GET", "text"],
  [(client) => client.set("text", "other", { nx: true }), "SET", "text", "other", "NX"],
  [(client) => client.set("text", "naïve ✓ 🔒", { get: true }), "SET", "text", "naïve ✓ 🔒", "GET"],
  [(client) => client.get("text"), "GET", "text"],
  [(client) => client.set("binary", binary), "SET", "binary", binary],
  [(client) => client.get("binary"), "GET", "binary"],
  [(client) => client.set("empty", ""), "SET", "empty", ""],
  [(client) => client.get("empty"), "GET", "empty"],
  [(client) => client.get("missing"), "GET", "missing"],
  [(client) => client.type("text"), "TYPE", "text"],
  [(client) => client.type("missing"), "TYPE", "missing"],
  [(client) => client.append("text", "+"), "APPEND", "text", "+"],
  [(client) => client.strlen("text"), "STRLEN", "text"],
  [(client) => client.getrange("text", 0, 2), "GETRANGE", "text", "0", "2"],
  [(client) => client.mset({ a: "1", b: "OK" }), "MSET", "a", "1", "b", "OK"],
  [(client) => client.mget("a", "b", "missing"), "MGET", "a", "b", "missing"],
  [(client) => client.incr("a"), "INCR", "a"],
  [(client) => client.incrbyfloat("a", 0.5), "INCRBYFLOAT", "a", "0.5"],
  [(client) => client.exists("a", "b", "missing"), "EXISTS", "a", "b", "missing"],
  [(client) => client.pexpire("a", 60_000), "PEXPIRE", "a", "60000"],
  [(client) => client.ttl("b"), "TTL", "b"],
  [(client) => client.pttl("missing"), "PTTL", "missing"],
  [(client) => client.persist("a"), "PERSIST", "a"],
  [(client) => client.rename("a", "c"), "RENAME", "a", "c"],
  [(client) => client.del("c", "missing"), "DEL", "c", "missing"],
  [(client) => client.rpush("list", "x", "OK", "007"), "RPUSH", "list", "x", "OK", "007"],
  [(client) => client.lrange("list", 0, -1), "LRANGE", "list", "0", "-1"],
  [(client) => client.lset("list", 0, "y"), "LSET", "list", "0", "y"],
  [(client) => client.lpop("list"), "LPOP", "list"],
  [(client) => client.lpop("missing"), "LPOP", "missing"],
  [(client) => client.hset("hash", { one: "1", two: "zwei" }), "HSET", "hash", "one", "1", "two", "zwei"],
  [(client) => client.hget("hash", "two"), "HGET", "hash", "two"],
  [(client) => client.hgetall("hash"), "HGETALL", "hash"],
  [(client) => client.hlen("hash"), "HLEN", "hash"],
  [(client) => client.sadd("set", "only"), "SADD", "set", "only"],
  [(client) => client.smembers("set"), "SMEMBERS", "set"],
  [(client) => client.zadd("sorted", { score: 1.5, member: "x" }), "ZADD", "sorted", "1.5", "x"],
  [
    (client) => client.zrange("sorted", 0, -1, { withScores: true }),
    "ZRANGE",
    "sorted",
    "0",
    "-1",
    "WITHSCORES",
  ],
  [(client) => client.zscore("sorted", "x"), "ZSCORE", "sorted", "x"],
  [(client) => client.xadd("stream", "1-1", { field: "value" }), "XADD", "stream", "1-1", "field", "value"],
  [(client) => client.xrange("stream", "-", "+"), "XRANGE", "stream", "-", "+"],
  [(client) => client.setbit("bits", 7, 1), "SETBIT", "bits", "7", "1"],
  [(client) => client.bitcount("bits", 0, -1), "BITCOUNT", "bits", "0", "-1"],
  [(client) => client.pfadd("visitors", "a", "b"), "PFADD", "visitors", "a", "b"],
  [(client) => client.pfcount("visitors"), "PFCOUNT", "visitors"],
  [
    (client) => client.geoadd("places", { longitude: 13.361389, latitude: 38.115556, member: "Palermo" }),
    "GEOADD",
    "places",
    "13.361389",
    "38.115556",
    "Palermo",
  ],
  [(client) => client.geohash("places", "Palermo"), "GEOHASH", "places", "Palermo"],
  [(client) => client.hincrby("hash", "one", 41), "HINCRBY", "hash", "one", "41"],
  [(client) => client.hmget("hash", "one", "missing"), "HMGET", "hash", "one", "missing"],
  [(client) => client.hscan("hash", 0), "HSCAN", "hash", "0"],
  [(client) => client.zincrby("sorted", 2, "x"), "ZINCRBY", "sorted", "2", "x"],
  [(client) => client.sinter("set", "missing"), "SINTER", "set", "missing"],
  [(client) => client.getdel("b"), "GETDEL", "b"],
  // All at once: the order of the keys is each server's own.
  [
    (client) => client.scan(0, { match: "sorted", count: 100 }),
    "SCAN",
    "0",
    "MATCH",
    "sorted",
    "COUNT",
    "100",
  ],
  [(client) => client.keys("sort*"), "KEYS", "sort*"],
  [(client) => client.dbsize(), "DBSIZE"],
  [(client) => client.eval(lua, ["key"], ["007"]), "EVAL", lua, "1", "key", "007"],
  [(client) => client.eval("return false", [], []), "EVAL", "return false", "0"],
  [(client) => client.scriptLoad("return 7"), "SCRIPT", "LOAD", "return 7"],
  [(client) => client.scriptExists("0".repeat(40)), "SCRIPT", "EXISTS", "0".repeat(40)],
  [(client) => client.publish("channel", "message"), "PUBLISH", "channel", "message"],
  [(client) => client.flushdb(), "FLUSHDB"],
];

describe.each(["base64", false] as const)("replies in the encoding %s", (responseEncoding) => {
  it.each([true, false])(
    "are those of ioredis, whether the client pipelines by itself: %s",
    async (enableAutoPipelining) => {
      const client = new Upstash({
        ...rest,
        responseEncoding,
        enableAutoPipelining,
        automaticDeserialization: false,
      });
      for (const [send, name = "", ...args] of commands) {
        expect([name, await send(client)]).toEqual([name, await redis.call(name, ...args)]);
      }
    },
  );
});

it("has each reply in its place where the client pipelines what is sent at once", async () => {
  const client = new Upstash(rest);
  const replies = await Promise.all([client.set("a", 1), client.incr("a"), client.get("a"), client.get("b")]);
  expect(replies).toEqual(["OK", 2, 2, null]);
});

it("runs a pipeline with an error inside, and says which command it was", async () => {
  const pipeline = new Upstash(rest).pipeline().set("text", "x").lpush("text", "y").get("text");
  expect(await pipeline.exec({ keepErrors: true })).toEqual([
    { result: "OK", error: undefined },
    { result: undefined, error: expect.stringMatching(/^WRONGTYPE /) },
    { result: "x", error: undefined },
  ]);
});

it("runs a transaction", async () => {
  expect(await new Upstash(rest).multi().set("n", 1).incr("n").get("n").exec()).toEqual(["OK", 2, 2]);
});

it("tells the client which error word it was", async () => {
  const client = new Upstash(rest);
  await client.set("text", "x");
  await expect(client.rpush("text", "y")).rejects.toThrow(/WRONGTYPE /);
  await expect(client.evalsha("0".repeat(40), [], [])).rejects.toThrow(/NOSCRIPT /);
});

it("lets the client subscribe, by name and with commas in the message", async () => {
  const client = new Upstash(rest);
  const heard: unknown[] = [];
  const subscriber = client.subscribe<string>("channel");
  subscriber.on("message", ({ channel, message }) => heard.push([channel, message]));
  await new Promise<void>((resolve) => subscriber.on("subscribe", () => resolve()));
  await client.publish("channel", "one, two");
  await expect.poll(() => heard).toEqual([["channel", "one, two"]]);
  await subscriber.unsubscribe();
  await expect.poll(() => servers[0]?.command("PUBSUB", "NUMSUB", "channel")).toEqual(["channel", 0]);
});

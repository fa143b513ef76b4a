import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { Redsync, script } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";

/** A server that stands still for seconds is in time. */
const calm = { expiry: 60_000, timeoutFactor: 0.5 };
const QUEUE = "{name}:queue";
/** One that died while it waited: nobody hears its call. */
const DEAD = "~cnobody:1:400:name";

async function setUp() {
  const server = await startServer();
  const client = new Redis(server.port);
  onTestFinished(async () => {
    client.disconnect();
    // A server that is in a script for ever.
    await server.kill();
  });
  return { server, redsync: new Redsync(ioredisNode(client), calm) };
}

/** Each has the server refuse, and returns what it says then and what ends that. */
const refusals: readonly (readonly [
  title: string,
  words: RegExp,
  begin: (server: RedisServer) => Promise<unknown>,
  end: (server: RedisServer) => Promise<unknown>,
])[] = [
  [
    "too few replicas",
    /NOREPLICAS/,
    (server) => server.command("CONFIG", "SET", "min-replicas-to-write", "1"),
    (server) => server.command("CONFIG", "SET", "min-replicas-to-write", "0"),
  ],
  [
    "a primary that was demoted",
    /READONLY/,
    (server) => server.command("REPLICAOF", "127.0.0.1", "1"),
    (server) => server.command("REPLICAOF", "NO", "ONE"),
  ],
];

it.each(refusals)("a server that refuses to write is not held up by a dead waiter: %s", async (...given) => {
  const [, words, begin, end] = given;
  const { server, redsync } = await setUp();
  const lock = await redsync.mutex("name").lock();
  await server.command("ZADD", QUEUE, "1", DEAD);
  await begin(server);

  const asked = [
    ["2", "name", QUEUE, "pass", lock.value, "60000"],
    ["2", "free", QUEUE, "queue", "9 0 ~cme:1:400:free", "acquire", "value", "60000"],
  ];
  for (const question of asked) {
    const reply = await server.command("EVALSHA", script.sha1, ...question).catch((error: unknown) => error);
    expect(String(reply)).toMatch(words);
  }

  await end(server);
  expect(await lock.unlock()).toBe("released");
  expect(await server.command("EXISTS", "name", QUEUE)).toBe(0);
});

it.each(["-zrem", "-publish"])("whoever may not use the queue leaves the name free: %s", async (right) => {
  const { server, redsync } = await setUp();
  const lock = await redsync.mutex("name").lock();
  await server.command("ZADD", QUEUE, "1", DEAD, "2", "~cnobody:2:400:name");
  await server.command("ACL", "SETUSER", "default", right);

  expect(await lock.unlock()).toBe("released");
  expect(await server.command("EXISTS", "name")).toBe(0);
  const next = await redsync.mutex("name").lock();
  expect(await next.unlock()).toBe("released");
});

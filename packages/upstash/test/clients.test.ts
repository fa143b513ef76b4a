import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { upstashNode, upstashNodeFromEnv } from "@redsync/upstash";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, expect, it } from "vitest";

/** Limits that a machine which stands still for seconds does not meet. */
const calm = { expiry: 60_000, timeoutFactor: 0.5 };

let server: RedisServer;
let rest: UpstashServer;
beforeAll(async () => {
  server = await startServer();
  rest = await startUpstash({ redis: server });
});
afterAll(async () => {
  await rest.stop();
  await server.stop();
});

it.each([
  ["a URL and a token", () => upstashNode(rest)],
  ["a Redis of @upstash/redis", () => upstashNode(new Redis(rest))],
  [
    "a Redis of @upstash/redis whose signal has aborted, which makes its own commands resolve to the reason",
    () => upstashNode(new Redis({ ...rest, signal: AbortSignal.abort("OK"), retry: false })),
  ],
  [
    "the environment",
    () => upstashNodeFromEnv({ UPSTASH_REDIS_REST_URL: rest.url, UPSTASH_REDIS_REST_TOKEN: rest.token }),
  ],
])("locks, extends and unlocks through %s", async (_, open) => {
  const lock = await new Redsync(open(), calm).mutex("name").lock();
  expect(await server.command("GET", "name")).toBe(lock.value);
  await lock.extend();
  expect(await lock.unlock()).toBe("released");
  expect(await server.command("EXISTS", "name")).toBe(0);
});

it("finds its place under a path and behind a slash", async () => {
  const node = upstashNode({ url: `${rest.url}/`, token: rest.token });
  expect(await node.send(["PING"])).toBe("PONG");
});

it("listens only if it is asked to: an open request may cost money", () => {
  const env = { UPSTASH_REDIS_REST_URL: rest.url, UPSTASH_REDIS_REST_TOKEN: rest.token };
  for (const options of [undefined, {}, { listen: false }]) {
    expect(upstashNode(rest, options)).not.toHaveProperty("subscribe");
    expect(upstashNodeFromEnv(env, options)).not.toHaveProperty("subscribe");
  }
  expect(upstashNode(rest, { listen: true })).toHaveProperty("subscribe");
  expect(upstashNodeFromEnv(env, { listen: true })).toHaveProperty("subscribe");
});

it("hears messages with commas, over channels with any characters", async () => {
  const node = upstashNode(rest, { listen: true });
  const channel = "a/b?c=d, ✓";
  const heard: string[] = [];
  const leave = await node.subscribe?.(channel, (message) => heard.push(message));
  await server.command("PUBLISH", channel, "one, two ✓");
  await expect.poll(() => heard).toEqual(["one, two ✓"]);
  await leave?.();
  await expect.poll(() => server.command("PUBSUB", "NUMSUB", channel)).toEqual([channel, 0]);
});

it("does not mind a subscription whose server goes away", async () => {
  await using lonely = await startUpstash({ redis: server });
  const leave = await upstashNode(lonely, { listen: true }).subscribe?.("channel", () => {});
  await lonely.stop();
  await leave?.();
});

import { type RedisServer, startServer, startServers } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { Environment } from "./environment.ts";

/** The handler's. */
const EXPIRY_MS = 6_000;
const LOCK = "lock:invoice:42";
const event = { invoice: "42", amount: 1 };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What is left of locks: keys of names, and who waits. */
async function leftOn(server: RedisServer): Promise<number> {
  const waiting = await server.command("ZCOUNT", `{${LOCK}}:queue`, "-inf", "(9007199254740991");
  return Number(await server.command("EXISTS", LOCK)) + Number(waiting);
}

/** Somebody who is no function, and is never frozen. */
function openHolder({ url }: RedisServer) {
  const redis = new Redis(url);
  const redsync = new Redsync(ioredisNode(redis), { expiry: 120_000 });
  return { mutex: redsync.mutex(LOCK), [Symbol.dispose]: () => redis.disconnect() };
}

it("handles an event before and after it was frozen for longer than the expiry, and leaves nothing in between", async () => {
  await using server = await startServer();
  await using environment = new Environment([server.url]);
  expect(await environment.invoke(event)).toEqual({ result: { total: 1 } });
  expect(await leftOn(server)).toBe(0);
  await pause(EXPIRY_MS + 1_000);
  expect(await environment.invoke(event)).toEqual({ result: { total: 2 } });
  expect(await leftOn(server)).toBe(0);
});

it("handles the next event though its connection broke while it was frozen", async () => {
  await using server = await startServer();
  await using environment = new Environment([server.url]);
  await environment.invoke(event);
  await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  await pause(1_000);
  expect(await environment.invoke(event)).toEqual({ result: { total: 2 } });
  expect(await leftOn(server)).toBe(0);
});

it("loses no event of four environments at once", async () => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  const environments = Array.from({ length: 4 }, () => stack.use(new Environment([server.url])));
  const outcomes = await Promise.all(
    environments.map(async (environment) => {
      const totals: (number | undefined)[] = [];
      for (let count = 0; count < 10; count++) totals.push((await environment.invoke(event)).result?.total);
      return totals;
    }),
  );
  const totals = outcomes.flat().sort((one, other) => Number(one) - Number(other));
  expect(totals).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(await leftOn(server)).toBe(0);
});

it("keeps an invoice that is called like a lock apart from it", async () => {
  await using server = await startServer();
  await using environment = new Environment([server.url]);
  const time = 20_000;
  expect(await environment.invoke({ ...event, invoice: "42:lock" }, time)).toEqual({ result: { total: 1 } });
  expect(await environment.invoke({ ...event, invoice: "lock:42" }, time)).toEqual({ result: { total: 1 } });
  expect(await environment.invoke(event, time)).toEqual({ result: { total: 1 } });
});

it("whose time is over while it waits leaves the queue, so that it holds nobody up while it is frozen", async () => {
  await using server = await startServer();
  await using environment = new Environment([server.url]);
  using holder = openHolder(server);
  const lock = await holder.mutex.lock();
  expect(await environment.invoke(event, 2_000)).toEqual({ error: "LockTakenError" });
  expect(await leftOn(server)).toBe(1);
  await lock.unlock();
  expect(await leftOn(server)).toBe(0);
  const next = await holder.mutex.tryLock();
  expect(await next?.unlock()).toBe("released");
  expect(await environment.invoke(event)).toEqual({ result: { total: 1 } });
});

/** Three nodes. The data is on the first one. */
async function startNodes(stack: AsyncDisposableStack): Promise<[RedisServer, RedisServer, RedisServer]> {
  const servers = await startServers(3);
  for (const server of servers) stack.use(server);
  return servers as [RedisServer, RedisServer, RedisServer];
}
const urlsOf = (servers: readonly RedisServer[]) => servers.map(({ url }) => url);

it("returns when a slow node has answered as well, so that nothing of it is left there", async () => {
  await using stack = new AsyncDisposableStack();
  const servers = await startNodes(stack);
  const environment = stack.use(new Environment(urlsOf(servers), { SETTLE_MS: "60000" }));
  await environment.invoke(event);
  const [data, , slow] = servers;
  slow.freeze();
  let hasReturned = false;
  const invoked = environment.invoke(event).finally(() => {
    hasReturned = true;
  });
  await expect.poll(() => data.command("GET", "invoice:42")).toBe("2");
  await expect.poll(() => leftOn(data)).toBe(0);
  // The work is done, and unlocked on a quorum; not so there.
  await pause(500);
  expect(hasReturned).toBe(false);
  slow.thaw();
  expect(await invoked).toEqual({ result: { total: 2 } });
  for (const server of servers) expect(await leftOn(server)).toBe(0);
});

it("handles an event in less than an expiry although a node is silent, from the start on", async () => {
  await using stack = new AsyncDisposableStack();
  const servers = await startNodes(stack);
  servers[2].freeze();
  // So that a machine which stands still for seconds has them.
  const environment = stack.use(new Environment(urlsOf(servers), { SETTLE_MS: "100" }));
  expect(await environment.invoke(event, EXPIRY_MS - 500)).toEqual({ result: { total: 1 } });
  expect(await environment.invoke(event, EXPIRY_MS - 500)).toEqual({ result: { total: 2 } });
});

it("fails if the answer of the data is lost, and sends nothing again", async () => {
  await using stack = new AsyncDisposableStack();
  const servers = await startNodes(stack);
  const environment = stack.use(new Environment(urlsOf(servers)));
  await environment.invoke(event);
  const [data, other] = servers;
  data.freeze();
  const invoked = environment.invoke({ ...event, invoice: "43" });
  // The other two have granted it, and the data is asked next.
  await expect.poll(() => other.command("EXISTS", "lock:invoice:43")).toBe(1);
  await data.kill();
  await data.restart();
  expect(await invoked).toEqual({ error: expect.any(String) });
});

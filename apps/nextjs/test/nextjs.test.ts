import { setTimeout as pause } from "node:timers/promises";
import { type Gate, openGate } from "@redsync/conformance/http-gate";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openWebsite, type Website } from "./website.ts";

let redis: RedisServer;
let upstash: UpstashServer;
let provider: Gate;
let website: Website;
beforeAll(async () => {
  redis = await startServer();
  upstash = await startUpstash({ redis });
  provider = await openGate();
  vi.stubEnv("PAYMENTS_URL", provider.url);
  vi.stubEnv("UPSTASH_REDIS_REST_URL", upstash.url);
  vi.stubEnv("UPSTASH_REDIS_REST_TOKEN", upstash.token);
  website = await openWebsite(redis.url);
  // A route is loaded with its first request: later ones wait for nothing but the lock.
  await Promise.all([website.pay(NODE, "first"), website.pay(EDGE, "first")]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await website?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
  await upstash?.stop();
  await redis?.stop();
});

const NODE = "/orders";
const EDGE = "/edge/orders";
const runtimes = [
  ["on Node", NODE],
  ["on the edge", EDGE],
] as const;

const holdCharge = (order: string) => provider.hold(new RegExp(`"${order}"`));
const chargesOf = (order: string) => provider.passed.filter((body) => body.includes(`"${order}"`));
const isLocked = async (order: string) => (await redis.command("EXISTS", `lock:order:${order}`)) === 1;
const waiting = (order: string) =>
  redis.command("ZCOUNT", `{lock:order:${order}}:queue`, "-inf", "(9007199254740991");

describe.each(runtimes)("an order %s", (name, path) => {
  const orderFor = (what: string) => `${what}-${name.replaceAll(" ", "-")}`;

  it("is paid once, however many ask for it at once, and each gets the same receipt", async () => {
    const order = orderFor("crowd");
    const charge = holdCharge(order);
    const asked = Array.from({ length: 6 }, () => website.pay(path, order));
    await charge.reached;
    charge.release();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
    const receipt = { order, paidAt: expect.any(String) };
    expect(answers[0]?.body).toEqual(receipt);
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
    expect(chargesOf(order)).toHaveLength(1);
    expect(await isLocked(order)).toBe(false);
  });

  it("is paid to its end, and unlocked, when the visitor goes and the process is stopped meanwhile", async () => {
    const order = orderFor("visitor");
    await using stopped = await openWebsite(redis.url);
    const charge = holdCharge(order);
    const visitor = new AbortController();
    const asked = stopped.pay(path, order, visitor.signal);
    await charge.reached;
    visitor.abort();
    await expect(asked).rejects.toThrow("aborted");
    stopped.program.signal("SIGTERM");
    await expect.poll(() => stopped.accepts()).toBe(false);
    charge.release();
    await stopped.program.ended;
    expect(await isLocked(order)).toBe(false);
    expect(await website.pay(path, order)).toMatchObject({ status: 200, body: { order } });
    expect(chargesOf(order)).toHaveLength(1);
  });

  it("is not paid, and the answer is 409, when somebody else holds its lock for too long", async () => {
    const order = orderFor("busy");
    await redis.command("SET", `lock:order:${order}`, "somebody-else");
    expect(await website.pay(path, order)).toEqual({ status: 409, body: { code: "REDSYNC_LOCK_TAKEN" } });
    expect(chargesOf(order)).toEqual([]);
  });

  it("is answered although Redis is silent after the charge, and has its receipt when it is asked for again", async () => {
    const order = orderFor("silent");
    const charge = holdCharge(order);
    const asked = website.ask(path, order);
    await charge.reached;
    using _ = { [Symbol.dispose]: () => redis.thaw() };
    redis.freeze();
    charge.release();
    expect((await asked).status).toBe(500);
    redis.thaw();
    expect(await website.pay(path, order)).toMatchObject({ body: { order } });
  });

  it("is not there, if it is called like a lock or a key", async () => {
    const order = orderFor("there");
    for (const name of [`${order}:lock`, "lock:order:42", "%7Border%7D", "42%0A"])
      expect(await website.pay(path, name)).toEqual({ status: 404, body: { code: "NO_SUCH_ORDER" } });
    expect(chargesOf(`${order}:lock`)).toEqual([]);
    expect(await website.pay(path, order)).toMatchObject({ status: 201 });
  });

  it("leaves no lock behind when its visitor goes and the process is stopped before Redis has answered", async () => {
    const order = orderFor("left");
    await using stopped = await openWebsite(redis.url);
    // Now the server has core's script, and the website has loaded the route.
    await stopped.pay(path, orderFor("first"));
    const visitor = new AbortController();
    using _ = { [Symbol.dispose]: () => redis.thaw() };
    redis.freeze();
    const asked = stopped.pay(path, order, visitor.signal);
    // On its way; there is nobody to ask.
    await pause(500);
    visitor.abort();
    await expect(asked).rejects.toThrow("aborted");
    stopped.program.signal("SIGTERM");
    await expect.poll(() => stopped.accepts()).toBe(false);
    await pause(500);
    redis.thaw();
    await stopped.program.ended;
    expect(await isLocked(order)).toBe(false);
  });
});

describe("a website", () => {
  it("locks the same orders on Node and on the edge", async () => {
    const order = "both";
    const charge = holdCharge(order);
    const asked = [NODE, EDGE, NODE, EDGE].map((path) => website.pay(path, order));
    await charge.reached;
    charge.release();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    expect(chargesOf(order)).toHaveLength(1);
  });

  it("has one client, though Next has loaded its module twice", async () => {
    await website.pay(NODE, "client");
    const clients = String(await redis.command("CLIENT", "LIST")).split("\n");
    expect(clients.filter((client) => client.includes(" name=shop "))).toHaveLength(1);
  });

  it("that is stopped refuses who waits with 503, lets who works end, and exits", async () => {
    const order = "stopped";
    await using stopped = await openWebsite(redis.url);
    const charge = holdCharge(order);
    const working = stopped.pay(NODE, order);
    await charge.reached;
    const refused = stopped.pay(NODE, order);
    await expect.poll(() => waiting(order)).toBe(1);
    stopped.program.signal("SIGTERM");
    expect(await refused).toEqual({ status: 503, body: { code: "REDSYNC_CLOSED" } });
    charge.release();
    expect(await working).toMatchObject({ status: 201 });
    expect(await stopped.program.ended).toBe(143);
    expect(await isLocked(order)).toBe(false);
  });
});

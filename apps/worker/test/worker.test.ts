import { type Gate, openGate } from "@redsync/conformance/http-gate";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Deployed, deploy } from "./deployed.ts";

const LOCK = "shop:lock";
const WRITE = /^\["EVAL".*"shop"/;

let redis: RedisServer;
let upstash: UpstashServer;
let gate: Gate;
let shop: Deployed;
beforeAll(async () => {
  redis = await startServer();
  upstash = await startUpstash({ redis });
  gate = await openGate(upstash.url);
  shop = await deploy({ url: gate.url, token: upstash.token }, { STOCK: "3" });
});
afterEach(async () => {
  await redis.command("FLUSHALL");
  expect(shop.log.splice(0)).toEqual([]);
});
afterAll(async () => {
  await shop?.[Symbol.asyncDispose]();
  await gate?.[Symbol.asyncDispose]();
  await upstash?.stop();
  await redis?.stop();
});

const post = { method: "POST" };
const browser = { headers: { accept: "text/html,application/xhtml+xml" } };
const stock = async () => (await shop.ask("/")).json();
const lockIsFree = () => expect.poll(() => redis.command("EXISTS", LOCK)).toBe(0);

describe("a purchase", () => {
  it("is one ticket and a look at what is left, until all are sold", async () => {
    expect(await stock()).toEqual({ left: 3, of: 3, recent: [] });
    for (const ticket of [1, 2, 3]) {
      const answer = await shop.ask("/buy", post);
      expect(answer.status).toBe(201);
      expect(await answer.json()).toEqual({ message: `Ticket ${ticket} is yours.`, ticket });
    }
    const answer = await shop.ask("/buy", post);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ message: "Sold out.", left: 0 });
    expect(await stock()).toMatchObject({ left: 0, recent: [{ ticket: 3 }, { ticket: 2 }, { ticket: 1 }] });
  });

  it("sends a browser to a page that can be loaded again", async () => {
    const answer = await shop.ask("/buy", { ...post, ...browser });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/?bought=1");
    expect(await (await shop.ask("/?bought=1", browser)).text()).toContain("Ticket 1 is yours.");
    // Only the worker's word counts, not the link's.
    expect(await (await shop.ask("/?bought=2", browser)).text()).not.toContain("is yours");
  });

  it("answers before its lock is released, and releases it", async () => {
    const write = gate.hold(WRITE);
    const answer = shop.ask("/buy", post);
    await write.reached;
    const unlock = gate.hold(/"EVAL/);
    write.release();
    expect((await answer).status).toBe(201);
    await unlock.reached;
    expect(await redis.command("EXISTS", LOCK)).toBe(1);
    unlock.release();
    await lockIsFree();
  });

  it("sells nothing where its lock was lost on the way", async () => {
    const write = gate.hold(WRITE);
    const answer = shop.ask("/buy", post);
    await write.reached;
    await redis.command("SET", LOCK, "somebody-else");
    write.release();
    expect((await answer).status).toBe(503);
    expect(await stock()).toMatchObject({ left: 3 });
    expect(await redis.command("GET", LOCK)).toBe("somebody-else");
  });

  it("that may have been made is neither confirmed nor denied", async () => {
    const write = gate.hold(WRITE);
    const answer = shop.ask("/buy", post);
    await write.reached;
    write.loseAnswer();
    expect((await answer).status).toBe(502);
    expect(await (await answer).json()).toMatchObject({ message: expect.stringContaining("Nobody knows") });
    expect(await stock()).toMatchObject({ left: 2 });
    await lockIsFree();
    // What it writes there comes by a way of its own.
    await expect.poll(() => shop.log.join()).toContain("Network connection lost");
    shop.log.length = 0;
  });

  it("comes to its end, and frees the lock, where its buyer leaves in the middle", async () => {
    const write = gate.hold(WRITE);
    const answer = shop.visit("/buy", post);
    await write.reached;
    await shop.leave();
    expect((await answer).status).toBe(499);
    write.release();
    await expect.poll(stock).toMatchObject({ left: 2 });
    await lockIsFree();
  });
});

describe("who cannot buy is told why:", () => {
  it("405 and the right method", async () => {
    for (const [path, method, allow] of [
      ["/buy", "GET", "POST"],
      ["/", "POST", "GET, HEAD"],
    ] as const) {
      const answer = await shop.ask(path, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get("allow")).toBe(allow);
    }
    expect((await shop.ask("/nowhere")).status).toBe(404);
  });

  it.each([
    ["refuses the token", () => upstash.url, "wrong token"],
    ["is not there", () => "http://127.0.0.1:1", "Network connection lost"],
  ])("502 where the database %s, with nothing of the token", async (_, url, why) => {
    await using lost = await deploy({ url: url(), token: "not-the-token" });
    for (const init of [{}, browser]) {
      const answers = await Promise.all([lost.ask("/", init), lost.ask("/buy", { ...post, ...init })]);
      for (const answer of answers) {
        expect(answer.status).toBe(502);
        const text = await answer.text();
        expect(text).toContain("cannot reach its database. Nothing was sold.");
        expect(text).not.toContain("not-the-token");
      }
    }
    await expect.poll(() => lost.log.join()).toContain(why);
    expect(lost.log.join()).not.toContain("not-the-token");
  });

  it("500 and the name of the setting, where the shop is not set up", async () => {
    await using empty = await deploy({ url: "", token: upstash.token });
    const answer = await empty.ask("/");
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining("UPSTASH_REDIS_REST_URL") });
  });
});

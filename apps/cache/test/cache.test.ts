import { once } from "node:events";
import { startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { describe, it } from "vitest";
import { type Cache, filledOnce } from "../src/filled-once.ts";
import { start } from "./program.ts";

/** So long that nobody loses a lock here, or has no answer in time, where a process stands still for seconds. */
const PATIENT = "30000";
/** As short as that allows: a lock is extended every 2 s, and what is asked is answered within 3. */
const SHORT = "6000";

describe.concurrent("many processes that ask for one value", () => {
  it("get it from the one that computes it", async ({ expect }) => {
    await using redis = await startServer();
    // Nobody can begin before all of them ask.
    await redis.command("SET", "lock:filling:report", "somebody-else");
    const programs = Array.from({ length: 12 }, () => start(redis.url, "--work", "50", "--expiry", PATIENT));
    await Promise.all(programs.map((program) => program.printed("asks")));
    await redis.command("DEL", "lock:filling:report");
    const endings = await Promise.all(programs.map(({ ended }) => ended));
    expect(endings.map(({ status }) => status)).toEqual(programs.map(() => 0));
    const computing = endings.filter(({ lines }) => lines.includes("computes"));
    expect(computing).toHaveLength(1);
    expect(new Set(endings.map(({ lines }) => lines.at(-1)))).toEqual(new Set([computing[0]?.lines.at(-1)]));
    expect(await redis.command("KEYS", "*")).toEqual(["report"]);
  });

  it("get it from another one where the first dies over it", async ({ expect }) => {
    await using redis = await startServer();
    const first = start(redis.url, "--work", "600000", "--expiry", SHORT);
    await first.printed("computes");
    const others = [1, 2, 3].map(() => start(redis.url, "--work", "50", "--expiry", PATIENT));
    await Promise.all(others.map((program) => program.printed("asks")));
    first.kill();
    const endings = await Promise.all(others.map(({ ended }) => ended));
    expect(endings.filter(({ lines }) => lines.includes("computes"))).toHaveLength(1);
    expect(new Set(endings.map(({ lines }) => lines.at(-1))).size).toBe(1);
  });

  it("wait for it longer than the lock would last by itself", async ({ expect }) => {
    await using redis = await startServer();
    const programs = [1, 2, 3].map(() => start(redis.url, "--work", "7000", "--expiry", SHORT));
    const endings = await Promise.all(programs.map(({ ended }) => ended));
    expect(endings.filter(({ lines }) => lines.includes("computes"))).toHaveLength(1);
  });
});

describe("a process that asks", () => {
  async function open(): Promise<Cache & AsyncDisposable> {
    const server = await startServer();
    const redis = new Redis(server.url);
    const redsync = new Redsync(ioredisNode(redis));
    return {
      redis,
      redsync,
      ttl: 60_000,
      expiry: Number(PATIENT),
      async [Symbol.asyncDispose]() {
        redis.disconnect();
        await server.stop();
      },
    };
  }

  it("gets what computing it rejects with, and the next one computes it", async ({ expect }) => {
    await using cache = await open();
    const failure = new Error("no report today");
    await expect(filledOnce(cache, "report", () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await filledOnce(cache, "report", async () => "42")).toBe("42");
    expect(await filledOnce(cache, "report", () => Promise.reject(failure))).toBe("42");
  });

  it("finds what another one filled between its look and its lock", async ({ expect }) => {
    await using cache = await open();
    const { redis, redsync } = cache;
    const { get } = redis;
    let looks = 0;
    const filledBehindItsBack = Object.assign(Object.create(redis), {
      async get(key: string) {
        const found = await get.call(redis, key);
        if (++looks === 1) await redis.set(key, "another's");
        return found;
      },
    });
    const asked = filledOnce({ ...cache, redis: filledBehindItsBack, redsync }, "report", async () => "mine");
    expect(await asked).toBe("another's");
  });

  it("is not held up by a value that is called like a lock", async ({ expect }) => {
    await using home = await open();
    const cache = { ...home, ttl: 600_000 };
    expect(await filledOnce(cache, "report:filling", async () => "1")).toBe("1");
    expect(await filledOnce(cache, "filling:report", async () => "2")).toBe("2");
    expect(await filledOnce(cache, "report", async () => "42")).toBe("42");
  });

  it("is not waited for without an end where it hangs, and is told so", async ({ expect }) => {
    await using home = await open();
    // Long enough to get the lock on a machine that stands still for seconds; it may lose it sooner there, which is as good.
    const cache = { ...home, expiry: 6_000, maxHold: 5_000 };
    const told = Promise.withResolvers<unknown>();
    const hangs = (signal: AbortSignal) => {
      signal.addEventListener("abort", () => told.resolve(signal.reason));
      return new Promise<string>(() => {});
    };
    void filledOnce(cache, "report", hangs);
    expect(await told.promise).toMatchObject({ code: "REDSYNC_LOCK_LOST" });
    expect(await filledOnce(cache, "report", async () => "42")).toBe("42");
  });

  it("does not replace the value of one that came after it had lost its lock", async ({ expect }) => {
    await using cache = await open();
    const late = filledOnce(cache, "report", async () => {
      await cache.redis.del("lock:filling:report");
      await filledOnce(cache, "report", async () => "newer");
      return "older";
    });
    expect(await late).toBe("older");
    expect(await cache.redis.get("report")).toBe("newer");
  });

  it("writes nothing when it knows that it has lost its lock", async ({ expect }) => {
    await using home = await open();
    const late = filledOnce({ ...home, maxHold: 5_000 }, "report", async (signal) => {
      if (!signal.aborted) await once(signal, "abort");
      return "older";
    });
    expect(await late).toBe("older");
    expect(await home.redis.get("report")).toBe(null);
  });

  it("stops computing when it is told to", async ({ expect }) => {
    await using cache = await open();
    const controller = new AbortController();
    const asked = filledOnce(
      cache,
      "report",
      async (signal) => {
        controller.abort();
        return signal.aborted ? Promise.reject(signal.reason) : "42";
      },
      controller.signal,
    );
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  });

  it("stops waiting when it is told to", async ({ expect }) => {
    await using cache = await open();
    await cache.redis.set("lock:filling:report", "somebody-else");
    const controller = new AbortController();
    const asked = filledOnce(cache, "report", async () => "42", controller.signal);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/i);
    expect(await cache.redis.get("lock:filling:report")).toBe("somebody-else");
  });
});

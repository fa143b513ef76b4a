// @vitest-environment jsdom
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

declare const jsdom: { readonly window: Pick<typeof globalThis, "AbortController" | "AbortSignal"> };

let server: RedisServer;
let rest: UpstashServer;
beforeAll(async () => {
  server = await startServer();
  rest = await startUpstash({ redis: server });
  // What Vitest 3 makes of a page's globals. Since then its environment keeps Node's own.
  vi.stubGlobal("AbortController", jsdom.window.AbortController);
  vi.stubGlobal("AbortSignal", jsdom.window.AbortSignal);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await rest.stop();
  await server.stop();
});

it("stands where fetch refuses the page's signals", async () => {
  const { signal } = new AbortController();
  await expect(fetch(rest.url, { signal })).rejects.toThrow(/to be an instance of AbortSignal/);
});

it("locks, extends and unlocks there, by requests without a signal", async () => {
  const lock = await new Redsync(upstashNode(rest), { expiry: 60_000, timeoutFactor: 0.5 })
    .mutex("name")
    .lock();
  expect(await server.command("GET", "name")).toBe(lock.value);
  await lock.extend();
  expect(await lock.unlock()).toBe("released");
  expect(await server.command("EXISTS", "name")).toBe(0);
});

it("sends each command once", async () => {
  const { signal } = new AbortController();
  const node = upstashNode(rest);
  expect(await node.send(["INCR", "count"], { signal })).toBe(1);
  expect(await node.send(["INCR", "count"], { signal })).toBe(2);
});

it("sends nothing for a signal that has aborted, and gives its reason", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  controller.abort(reason);
  await expect(upstashNode(rest).send(["SET", "late", "1"], { signal: controller.signal })).rejects.toBe(
    reason,
  );
  expect(await server.command("EXISTS", "late")).toBe(0);
});

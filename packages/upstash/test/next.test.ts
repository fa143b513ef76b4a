import { Redsync } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** What Next.js throws to leave the static rendering of a page that asks for what cannot be cached. */
const leaving = Object.assign(
  new Error("Dynamic server usage: no-store fetch https://name.upstash.io/ /page"),
  {
    digest: "DYNAMIC_SERVER_USAGE",
    description: "no-store fetch https://name.upstash.io/ /page",
  },
);

/** The `fetch` of Next.js at build time. */
const fetchOfNext = vi.fn<typeof fetch>(async (_, init) => {
  if (init?.cache === "no-store") throw leaving;
  return Response.json({ result: 1 });
});

beforeEach(() => {
  fetchOfNext.mockClear();
  vi.stubGlobal("fetch", fetchOfNext);
});
afterEach(() => vi.unstubAllGlobals());

const node = () => upstashNode({ url: "https://name.upstash.io", token: "open-sesame" }, { listen: true });

it("lets the error through by which Next.js leaves a page", async () => {
  await expect(node().send(["GET", "key"])).rejects.toBe(leaving);
  await expect(node().subscribe?.("channel", () => {})).rejects.toBe(leaving);
});

it.each([
  ["lock()", (redsync: Redsync) => redsync.mutex("name").lock()],
  ["tryLock()", (redsync: Redsync) => redsync.mutex("name").tryLock()],
  ["using()", (redsync: Redsync) => redsync.mutex("name").using(async () => {})],
])("%s rejects with that very error, at the first attempt", async (_, call) => {
  const redsync = new Redsync(node());
  await expect(call(redsync)).rejects.toBe(leaving);
  const acquires = fetchOfNext.mock.calls.filter(([, init]) => String(init?.body).includes('"acquire"'));
  expect(acquires).toHaveLength(1);
  await redsync.settled();
});

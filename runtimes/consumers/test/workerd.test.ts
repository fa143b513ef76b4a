import type { Miniflare } from "miniflare";
import { afterEach, describe, expect, it } from "vitest";
import { deploy } from "./deploy.ts";
import { programs } from "./programs.ts";
import { startServices } from "./services.ts";

const services = await startServices();
let miniflare: Miniflare | undefined;
afterEach(() => miniflare?.dispose());

/** What the docs have no need to show in full: the other client over TCP, and what an isolate keeps to itself. */
const others = `
import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { nodeRedisNode } from "@redsync/node-redis";
import { createClient } from "redis";

const ofThisIsolate = new Redsync(memoryNode());

export default {
  async fetch(_request, env, ctx) {
    const client = createClient({ url: env.REDIS_URL });
    client.on("error", (error) => console.error(error.message));
    await client.connect();
    const redsync = new Redsync(nodeRedisNode(client), { expiry: 60_000, timeoutFactor: 0.5 });
    try {
      const turn = await ofThisIsolate.mutex("nightly-report").lock();
      const lock = await redsync.mutex("nightly-report").lock();
      const outcomes = [await lock.unlock(), await turn.unlock()];
      return Response.json(outcomes.every((outcome) => outcome === "released") ? "released" : outcomes);
    } finally {
      ctx.waitUntil(redsync.settled().then(() => client.destroy()));
    }
  },
};`;

const workers = [...programs("worker"), { where: "a worker with node-redis and memory", code: others }];

it("the docs have two workers over HTTP and one over TCP", () => expect(programs("worker")).toHaveLength(3));

describe.each(workers)("on workerd, $where", ({ code }) => {
  it("is bundled, and serves ten requests at once", async () => {
    const flags = /from "(io)?redis"/.test(code) ? ["nodejs_compat"] : [];
    miniflare = await deploy("worker", code, { env: services, flags });
    const responses = Array.from({ length: 10 }, async () =>
      (await miniflare?.dispatchFetch("http://worker"))?.json(),
    );
    expect(new Set(await Promise.all(responses))).toEqual(new Set(["released"]));
  });
});

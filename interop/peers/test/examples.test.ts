import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startServer } from "@redsync/conformance/servers";
import { exampleOf, playModule, type Side } from "@redsync/interop/examples";
import { startUpstash } from "@redsync/upstash-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../src/peers.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** A folder in which `redlock` is the version that the page is about. */
function folderFor(page: string): string {
  const folder = `${root}dist/${page}`;
  mkdirSync(`${folder}/node_modules`, { recursive: true });
  const dependency = peers.find((peer) => peer.page === page)?.dependency;
  if (dependency === "redlock-4") {
    try {
      symlinkSync(`${root}node_modules/redlock-4`, `${folder}/node_modules/redlock`, "junction");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return folder;
}

describe.each([...new Set(peers.map(({ page }) => page))])("docs/migrating/%s", (page) => {
  let env: Record<string, string>;
  const opened: AsyncDisposable[] = [];
  beforeAll(async () => {
    const server = await startServer();
    const rest = await startUpstash({ redis: server });
    opened.push(rest, server);
    env = {
      REDIS_URL: server.url,
      UPSTASH_REDIS_REST_URL: rest.url,
      UPSTASH_REDIS_REST_TOKEN: rest.token,
    };
  });
  afterAll(async () => {
    for (const each of opened) await each[Symbol.asyncDispose]();
  });

  it.each<Side>(["before", "after"])("what it shows as %s runs, and prints what it says", async (side) => {
    const { code, prints } = exampleOf(page, side);
    expect(prints.length).toBeGreaterThan(0);
    const file = `${folderFor(page)}/${side}.mjs`;
    writeFileSync(file, code);
    expect(await playModule(env, root, file)).toEqual(prints);
  });
});

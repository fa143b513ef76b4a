import { beginToMoveSlot, type RedisCluster, startCluster } from "@redsync/conformance/servers";
import { Cluster } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { killAll, redsync } from "./redsync.ts";

// A slot of a Cluster is on its way: some of its keys are on the one server, the others on the other.

let cluster: RedisCluster;
let client: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  client = new Cluster(cluster.servers.map(({ url }) => url));
});
afterEach(async () => {
  client.disconnect();
  await cluster.stop();
});
afterEach(killAll);

const LOCK = "@web-1:42/random";
const ask = (...words: string[]) =>
  redsync([...words, "--cluster"], { urls: cluster.servers.map(({ url }) => url).join() });

describe("unlock", () => {
  it.each(["stays", "has moved"])(
    "takes a lock from its holder that nobody waits for, and that %s",
    async (where) => {
      await client.set("job", LOCK);
      const slot = await beginToMoveSlot(cluster, "job");
      if (where === "has moved") await slot.move("job");
      const { status, stdout, stderr } = await ask("unlock", "job", "--force");
      expect({ status, stdout }).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("unlocked, was held by web-1:42"),
      });
      expect(stderr).not.toContain("TRYAGAIN");
      for (const server of [slot.from, slot.to]) expect(await server.command("DBSIZE")).toBe(0);
    },
  );
});

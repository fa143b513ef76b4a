import { beginToMoveSlot, type RedisCluster, startCluster } from "@redsync/conformance/servers";
import { ExtendFailedError, type Lock, Redsync } from "@redsync/core";
import { GlideClusterClient } from "@valkey/valkey-glide";
import { Cluster } from "ioredis";
import { Cluster as Cluster5 } from "ioredis-5";
import { Cluster as ClusterOfValkey } from "iovalkey";
import { createCluster } from "redis";
import { createCluster as createCluster5 } from "redis-5";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Connected } from "../harnesses/connected.ts";
import { throughIoredis } from "../harnesses/ioredis.ts";
import { throughNodeRedis } from "../harnesses/node-redis.ts";
import { patience, throughGlide } from "../harnesses/valkey-glide.ts";

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const addresses = () => cluster.servers.map(({ host, port }) => ({ host, port }));
const rootNodes = () => cluster.servers.map(({ url }) => ({ url }));
const REFUSED = /refused: TRYAGAIN /;
// ioredis asks 16 times, and GLIDE for more than two seconds: the round may be over before.
const REDIRECTED = /no answer: Too many Cluster redirections\. Last error: |no answer within \d+ ms/;
const REFUSED_LATE = /refused: TRYAGAIN |no answer within \d+ ms/;

describe.each<{ name: string; says: RegExp; connect: () => Connected | Promise<Connected> }>([
  {
    name: "ioredis 6",
    says: REDIRECTED,
    connect: () => throughIoredis(new Cluster(addresses())),
  },
  {
    name: "ioredis 5",
    says: REDIRECTED,
    connect: () => throughIoredis(new Cluster5(addresses())),
  },
  {
    name: "iovalkey",
    says: REDIRECTED,
    connect: () => throughIoredis(new ClusterOfValkey(addresses())),
  },
  {
    name: "node-redis 6",
    says: REFUSED,
    connect: () => throughNodeRedis(createCluster({ rootNodes: rootNodes() })),
  },
  {
    name: "node-redis 5",
    says: REFUSED,
    connect: () => throughNodeRedis(createCluster5({ rootNodes: rootNodes() })),
  },
  {
    name: "Valkey GLIDE",
    says: REFUSED_LATE,
    connect: async () =>
      throughGlide(await GlideClusterClient.createClient({ addresses: addresses(), ...patience })),
  },
])("$name, while a slot of its Cluster moves", ({ name, says, connect }) => {
  let client: Connected;
  beforeAll(async () => {
    client = await connect();
  });
  afterAll(() => client.close());

  // A deadline of 3 s, for a machine that stands still at times.
  const redsync = () => new Redsync(client.node, { fencing: true, expiry: 60_000 });

  /** Extends a lock as its renewal does: again and again while it is held. Clients need some time to find a slot that has moved. */
  async function extended(lock: Lock): Promise<void> {
    const before = lock.until.getTime();
    while (lock.until.getTime() === before) {
      await lock.extend().catch((error) => {
        if (!(error instanceof ExtendFailedError)) throw error;
      });
    }
  }

  it("keeps a lock that is held, though its fence has moved without it", async () => {
    const key = `{held, ${name}}`;
    const lock = await redsync().mutex(key).lock();
    const { from, to, move, finish } = await beginToMoveSlot(cluster, key);
    await move(`${key}:fence`);
    expect(await from.command("EXISTS", key)).toBe(1);

    await extended(lock);
    expect(lock.signal.aborted).toBe(false);
    await finish();

    await extended(lock);
    await lock.verify();
    // Mended: it has the lock's token.
    expect(Number(await to.command("GET", `${key}:fence`))).toBe(lock.token);
    expect(await lock.unlock()).toBe("released");
    const next = await redsync().mutex(key).lock();
    expect(next.token).toBeGreaterThan(lock.token as number);
    expect(await next.unlock()).toBe("released");
  }, 30_000);

  it("does not get a lock whose fence has moved alone, says what its client says, and gets it afterwards", async () => {
    const key = `{free, ${name}}`;
    await (await redsync().mutex(key).lock()).unlock();
    const { move, finish } = await beginToMoveSlot(cluster, key);
    await move(`${key}:fence`);
    await expect(redsync().mutex(key).tryLock()).rejects.toThrow(says);

    await finish();
    const lock = await redsync().mutex(key).lock();
    expect(await lock.unlock()).toBe("released");
  }, 30_000);

  it("has a lock without fencing all the time", async () => {
    const key = `{plain, ${name}}`;
    const mutex = new Redsync(client.node, { expiry: 60_000 }).mutex(key);
    const lock = await mutex.lock();
    const { move, finish } = await beginToMoveSlot(cluster, key);
    await lock.extend();
    await move(key);
    await lock.extend();
    expect(await lock.unlock()).toBe("released");
    const next = await mutex.lock();
    await finish();
    expect(await next.unlock()).toBe("released");
  }, 30_000);
});

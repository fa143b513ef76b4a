import {
  beginToMoveSlot,
  type RedisCluster,
  type RedisServer,
  startCluster,
  startServer,
} from "@redsync/conformance/servers";
import { Cluster, type Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Key, scan } from "../src/keys/scan.ts";
import { killAll, redsync } from "./redsync.ts";

// A slot of a Cluster is on its way: some of its keys are on the one server, the others on the other.

let cluster: RedisCluster;
let client: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  client = new Cluster(cluster.servers.map(({ url }) => url));
});
/** As this user. */
async function reconnect(redisOptions: { readonly username: string; readonly password: string }) {
  client.disconnect();
  client = new Cluster(
    cluster.servers.map(({ url }) => url),
    { redisOptions },
  );
  await client.ping();
}
afterEach(async () => {
  client.disconnect();
  await cluster.stop();
});
afterEach(killAll);

const LOCK = "@web-1:42/random";
const ask = (...words: string[]) =>
  redsync([...words, "--cluster"], { urls: cluster.servers.map(({ url }) => url).join() });

const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `{foo}:${index}`);

describe("ls", () => {
  it("lists each name once, wherever it is", async () => {
    const names = namesOf(20);
    for (const name of [...names, "elsewhere"]) await client.set(name, LOCK);
    const slot = await beginToMoveSlot(cluster, "{foo}");
    await slot.move(...names.slice(5, 15));
    const { status, stdout, stderr } = await ask("ls", "*");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const lines = [...names, "elsewhere"].map((name) => `${name}  held by web-1:42, without an end`);
    expect(stdout.trim().split("\n").sort()).toEqual(lines.sort());
  });

  it("lists what has moved to a new server that has no slot yet", async () => {
    for (const name of namesOf(4)) await client.set(name, LOCK);
    await using added = await startServer({ config: { "cluster-enabled": "yes" } });
    await added.command("CLUSTER", "MEET", "127.0.0.1", String(cluster.servers[0]?.port));
    const servers = [...cluster.servers, added];
    for (const server of servers) {
      const info = async () => String(await server.command("CLUSTER", "INFO"));
      await expect.poll(info).toMatch(/cluster_state:ok.*cluster_known_nodes:4/s);
    }
    const slot = await beginToMoveSlot({ ...cluster, servers }, "{foo}");
    expect(slot.to).toBe(added);
    await slot.move("{foo}:1", "{foo}:2");
    const { status, stdout, stderr } = await ask("ls", "*");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.trim().split("\n")).toEqual(
      namesOf(4).map((name) => `${name}  held by web-1:42, without an end`),
    );
  });

  /** Does something once a server has told its keys, before anything else is asked. */
  function onceScanned({ port }: { readonly port: number }, act: () => Promise<void>): void {
    const server = client.nodes("master").find(({ options }) => options.port === port) as Redis;
    const { callBuffer } = server;
    const scanning = async (...words: [string, ...(string | Buffer | number)[]]) => {
      server.callBuffer = callBuffer;
      const reply = await callBuffer.apply(server, words);
      await act();
      return reply;
    };
    Object.assign(server, { callBuffer: scanning });
  }

  async function scanned(): Promise<readonly Key[]> {
    const keys = new Map<string, Key>();
    for await (const key of scan(client, "*")) keys.set(key.name, key);
    return [...keys.values()];
  }

  it("finds a name that moves after SCAN, and whose it is", async () => {
    for (const name of namesOf(4)) await client.set(name, LOCK);
    const slot = await beginToMoveSlot(cluster, "{foo}");
    onceScanned(slot.from, () => slot.move("{foo}:1", "{foo}:2"));
    const keys = await scanned();
    expect(keys.map(({ name }) => name).sort()).toEqual(namesOf(4));
    for (const key of keys) expect(key).toMatchObject({ kind: "lock", owner: "web-1:42" });
  });

  // The slot is on its way from the last server that is asked to the first.
  it("finds a name that moves to a server which has told its keys", async () => {
    for (const name of namesOf(4)) await client.set(name, LOCK);
    const slot = await beginToMoveSlot(cluster, "{foo}");
    onceScanned(slot.to, () => slot.move("{foo}:1", "{foo}:2"));
    expect((await scanned()).map(({ name }) => name).sort()).toEqual(namesOf(4));
  });

  it("finds it also for a user who may not ask which slots are on their way", async () => {
    const rights = ["on", ">password", "~*", "&*", "+@all", "-cluster|nodes"];
    for (const server of cluster.servers) await server.command("ACL", "SETUSER", "reader", ...rights);
    for (const name of namesOf(4)) await client.set(name, LOCK);
    const slot = await beginToMoveSlot(cluster, "{foo}");
    await reconnect({ username: "reader", password: "password" });
    onceScanned(slot.to, () => slot.move("{foo}:1", "{foo}:2"));
    expect((await scanned()).map(({ name }) => name).sort()).toEqual(namesOf(4));
  });

  it("finds the names of a slot that moves as a whole meanwhile", async () => {
    for (const name of namesOf(4)) await client.set(name, LOCK);
    onceScanned(cluster.servers[0] as RedisServer, async () => {
      const slot = await beginToMoveSlot(cluster, "{foo}");
      await slot.finish();
    });
    expect((await scanned()).map(({ name }) => name).sort()).toEqual(namesOf(4));
  });
});

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

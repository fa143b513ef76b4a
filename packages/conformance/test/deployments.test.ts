import { describe, expect, it } from "vitest";
import { eventually } from "../src/servers/eventually.ts";
import { startCluster, startSentinel } from "../src/servers/index.ts";
import { use } from "./running.ts";

describe("startCluster", () => {
  it("shares all slots among three primaries that send each other's keys away", async () => {
    const cluster = await use(startCluster());
    const ranges = (await cluster.servers[0]?.command("CLUSTER", "SLOTS")) as [number, number][];
    const owned = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    expect(owned).toBe(16_384);
    const answers = await Promise.allSettled(
      cluster.servers.map((server) => server.command("SET", "k", "v")),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    const moved = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as Error] : []));
    for (const error of moved) expect(error.message).toMatch(/^MOVED /);
  });
});

describe("startSentinel", () => {
  it("promotes the replica when the primary dies", async () => {
    const group = await use(startSentinel());
    const [sentinel] = group.sentinels;
    const primary = () => sentinel?.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", group.name);
    expect(await primary()).toEqual([group.primary.host, String(group.primary.port)]);
    await group.primary.kill();
    await sentinel?.command("SENTINEL", "SET", group.name, "down-after-milliseconds", "500");
    // A Sentinel that has stood still for 2 s does nothing for the next 30.
    await eventually(
      "the replica is the primary",
      async () => {
        const address = await primary();
        return Array.isArray(address) && address[1] === String(group.replica.port);
      },
      120_000,
    );
    await eventually(
      "it accepts writes",
      async () => (await group.replica.command("SET", "k", "v")) === "OK",
    );
  });

  it("runs three Sentinels that know each other", async () => {
    const group = await use(startSentinel({ sentinels: 3 }));
    expect(group.sentinels).toHaveLength(3);
    for (const sentinel of group.sentinels) {
      expect(await sentinel.command("SENTINEL", "SENTINELS", group.name)).toHaveLength(2);
    }
  });
});

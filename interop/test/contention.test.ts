import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { retryDelay, sighting, tries, witness } from "@redsync/conformance/contention";
import { startServer } from "@redsync/conformance/servers";
import type { Job } from "@redsync/runtime-node/contender";
import { expect, inject, it } from "vitest";
import { House } from "../src/house.ts";
import { describeWith } from "./describe-with.ts";

type Command = readonly [string, ...string[]];

const ours: Command = [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  createRequire(import.meta.url).resolve("@redsync/runtime-node/contender"),
];

interface Contender {
  readonly team: string;
  readonly client?: string;
  readonly command: Command;
}

/** Each enters in two tasks; resolves to what the watch has seen once all have ended. The signal is the test's own end. */
async function contention(
  contenders: readonly Contender[],
  signal: AbortSignal,
  { nodes, ...work }: Pick<Job, "acquisitions" | "isLocked" | "fair" | "pause"> & { readonly nodes: number },
) {
  await using house = await House.open(nodes);
  await using observer = await startServer();
  const children = contenders.map(({ team, client, command: [file, ...args] }) => {
    const job: Job = {
      name: "contended",
      lockPorts: house.ports,
      witnessPort: observer.port,
      team,
      tasks: 2,
      ...work,
    };
    return spawn(file, [...args, JSON.stringify({ ...job, client, tries, retryDelay, witness })], {
      stdio: "inherit",
      signal,
    });
  });
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
  expect(codes).toEqual(children.map(() => 0));
  await house.expectFree("contended");
  return await sighting(observer);
}

/** Either team enters beside the other, in the way that `work` says of Node's. */
function itLetsBothIn(
  title: string,
  contenders: readonly Contender[],
  work: Pick<Job, "acquisitions" | "fair" | "pause"> & { readonly nodes: number },
): void {
  it(title, { timeout: 20 * 60_000 }, async ({ signal }) => {
    const { done, overlaps, ledger, teams } = await contention(contenders, signal, {
      ...work,
      isLocked: true,
    });
    expect(overlaps).toBe(0);
    expect(ledger).toBe(done);
    for (const { team } of contenders) expect(teams[team], JSON.stringify(teams)).toBeGreaterThan(done / 50);
  });
}

/** The watch sees what it looks for. */
function itOverlapsUnlocked(contenders: readonly Contender[]): void {
  it("are seen to overlap where nobody locks", async ({ signal }) => {
    const { overlaps } = await contention(contenders, signal, {
      nodes: 1,
      acquisitions: 1_000,
      isLocked: false,
    });
    expect(overlaps).toBeGreaterThan(0);
  });
}

describeWith(inject("go"), "4 processes of go-redsync and 4 of Node", (go) => {
  const contenders = ["go-redis", "redigo", "rueidis", "valkey-go"].flatMap((client) => [
    { team: "Go", client, command: [...go, "contend"] as const },
    { team: "Node", command: ours },
  ]);

  it("never overlap in 3,000 acquisitions of one name over 3 nodes", { timeout: 20 * 60_000 }, async ({
    signal,
  }) => {
    const { done, overlaps, ledger, teams } = await contention(contenders, signal, {
      nodes: 3,
      acquisitions: 3_000,
      isLocked: true,
    });
    expect(done).toBeGreaterThanOrEqual(3_000);
    expect(overlaps).toBe(0);
    expect(ledger).toBe(done);
    // Beside a queue that never empties, those who poll may get nothing.
    expect(teams.Node).toBeGreaterThan(300);
  });

  itLetsBothIn("Go gets its turn beside a queue of Node's that is empty now and then", contenders, {
    nodes: 3,
    acquisitions: 1_500,
    pause: 20,
  });

  itLetsBothIn("with fair false neither Go nor Node starves, however busy the name is", contenders, {
    nodes: 3,
    acquisitions: 1_500,
    fair: false,
  });

  itOverlapsUnlocked(contenders);
});

describeWith(inject("python"), "2 processes of Python and 2 of Node", (python) => {
  const contenders = [1, 2].flatMap(() => [
    { team: "Python", command: [...python, "contend"] as const },
    { team: "Node", command: ours },
  ]);

  it("never overlap in 1,000 acquisitions of one name on one node", { timeout: 20 * 60_000 }, async ({
    signal,
  }) => {
    const { done, overlaps, ledger, teams } = await contention(contenders, signal, {
      nodes: 1,
      acquisitions: 1_000,
      isLocked: true,
    });
    expect(done).toBeGreaterThanOrEqual(1_000);
    expect(overlaps).toBe(0);
    expect(ledger).toBe(done);
    // Beside a queue that never empties, those who poll may get nothing.
    expect(teams.Node).toBeGreaterThan(20);
  });

  itLetsBothIn("Python gets its turn beside a queue of Node's that is empty now and then", contenders, {
    nodes: 1,
    acquisitions: 1_500,
    pause: 20,
  });

  // Python asks at a pace of its own, so that the two need not get equal shares.
  itLetsBothIn("with fair false neither Python nor Node starves, however busy the name is", contenders, {
    nodes: 1,
    acquisitions: 1_500,
    fair: false,
  });

  itOverlapsUnlocked(contenders);
});

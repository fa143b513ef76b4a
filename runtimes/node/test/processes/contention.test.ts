import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { sighting } from "@redsync/conformance/contention";
import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Job } from "./contender.ts";
import { keysOn } from "./house.ts";

const PROCESSES = 8;
const program = fileURLToPath(new URL("contender.ts", import.meta.url));

let servers: RedisServer[];
let lockServers: RedisServer[];
let observer: RedisServer;

beforeAll(async () => {
  servers = await startServers(4);
  [observer, ...lockServers] = servers as [RedisServer, ...RedisServer[]];
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));
beforeEach(() => Promise.all(servers.map((server) => server.command("FLUSHALL"))));

/** Until all processes have ended by themselves; the signal is the test's own end. */
async function run(acquisitions: number, isLocked: boolean, signal: AbortSignal): Promise<void> {
  const job: Job = {
    name: "contended",
    lockPorts: lockServers.map(({ port }) => port),
    witnessPort: observer.port,
    team: "node",
    tasks: 4,
    acquisitions,
    isLocked,
  };
  const children = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, JSON.stringify(job)], {
      stdio: "inherit",
      signal,
    }),
  );
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number));
  expect(codes).toEqual(children.map(() => 0));
}

it("8 processes with 4 tasks each never overlap in 2,000 acquisitions over 3 nodes", {
  timeout: 20 * 60_000,
}, async ({ signal }) => {
  await run(2_000, true, signal);

  const { done, overlaps, ledger } = await sighting(observer);
  expect(done).toBeGreaterThanOrEqual(2_000);
  expect(overlaps).toBe(0);
  expect(ledger).toBe(done);
  expect(await Promise.all(lockServers.map(keysOn))).toEqual([[], [], []]);
});

it("the same watch finds the overlaps where nobody locks", async ({ signal }) => {
  await run(2_000, false, signal);

  const { done, overlaps, ledger } = await sighting(observer);
  expect(overlaps).toBeGreaterThan(0);
  expect(ledger).toBeLessThan(done);
});

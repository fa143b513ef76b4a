import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Job, witness } from "./job.ts";

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

async function run(job: Omit<Job, "lockPorts" | "witnessPort" | "tasks">): Promise<void> {
  const lockPorts = lockServers.map(({ port }) => port);
  const told = JSON.stringify({ ...job, lockPorts, witnessPort: observer.port, tasks: 4 } satisfies Job);
  const children = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, told], { stdio: "inherit" }),
  );
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number));
  expect(codes).toEqual(children.map(() => 0));
}

const seen = async (key: string) => Number(await observer.command("GET", key));

it("8 processes with 4 tasks each never overlap in 2,000 acquisitions over 3 nodes", {
  timeout: 180_000,
}, async () => {
  await run({ acquisitions: 2_000, isLocked: true });

  expect(await seen(witness.done)).toBeGreaterThanOrEqual(2_000);
  expect(await seen(witness.overlaps)).toBe(0);
  expect(await seen(witness.ledger)).toBe(await seen(witness.done));
  expect(await Promise.all(lockServers.map((server) => server.command("DBSIZE")))).toEqual([0, 0, 0]);
});

it("the same watch finds the overlaps where nobody locks", { timeout: 60_000 }, async () => {
  await run({ acquisitions: 2_000, isLocked: false });

  expect(await seen(witness.overlaps)).toBeGreaterThan(0);
  expect(await seen(witness.ledger)).toBeLessThan(await seen(witness.done));
});

import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { inTerminal, killAll, redsync, start } from "./redsync.ts";

let server: RedisServer;
let client: Redis;
beforeAll(async () => {
  server = await startServer();
  client = new Redis(server.port);
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});
beforeEach(() => server.command("FLUSHALL"));
afterEach(killAll);

const WATCH = ["watch", "job", "--interval", "20ms"];
const holder = (owner: string) =>
  new Redsync(ioredisNode(client), { expiry: 60_000, timeoutFactor: 0.5, owner }).mutex("job", {
    fencing: true,
  });

it("says each change in a line of its own, until it is ended", async () => {
  const { child, ended, said } = start(WATCH, { urls: server.url });
  await expect.poll(() => said.stdout).toMatch(/Z {2}free\n$/);
  const first = await holder("web-1:42").lock();
  await expect.poll(() => said.stdout).toContain("held by web-1:42");
  const waiting = holder("web-2:7").lock({ timeout: 100_000 });
  await expect.poll(() => said.stdout).toContain("1 waits");
  await first.unlock();
  const second = await waiting;
  await expect.poll(() => said.stdout).toContain("held by web-2:7");
  await second.unlock();
  await expect.poll(() => said.stdout).toMatch(/free, token \d+\n$/);
  child.kill("SIGINT");
  const { status, signal, stdout, stderr } = await ended;
  expect({ ending: status ?? signal, stderr }).toEqual({ ending: "SIGINT", stderr: "" });
  expect(stdout).not.toContain(first.value.slice(first.value.indexOf("/")));
});

it("as JSON, a line for each change, and ends when it is meant to", async () => {
  await holder("web-1:42").lock();
  const { status, stdout } = await redsync([...WATCH, "--json", "--for", "300ms"], { urls: server.url });
  expect(status).toBe(0);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    expect.objectContaining({
      name: "job",
      status: "held",
      owner: "web-1:42",
      nodes: 1,
      votes: 1,
      waiters: 0,
    }),
  ]);
});

it("ends as if by SIGPIPE when its reader has gone", async () => {
  const { child, ended, said } = start(WATCH, { urls: server.url });
  await expect.poll(() => said.stdout).toContain("free");
  child.stdout?.destroy();
  await holder("web-1:42").lock();
  expect(await ended).toMatchObject({ status: 141, stderr: "" });
});

it("goes on while the server is away", async () => {
  await using away = await startServer();
  const { said, child, ended } = start(WATCH, { urls: away.url });
  await expect.poll(() => said.stdout).toContain("free");
  await away.kill();
  await expect.poll(() => said.stdout).toContain("unknown: too few nodes answer");
  await away.restart();
  await expect.poll(() => said.stdout).toMatch(/unknown.*\n.*free\n$/);
  child.kill("SIGTERM");
  await ended;
});

it("draws a timeline in a terminal", async () => {
  const lock = await holder("web-1:42").lock();
  const { child, ended, said } = inTerminal(WATCH, { urls: server.url });
  await expect.poll(() => said.stdout).toMatch(/web-1:42 {2}█{3,}/);
  await lock.unlock();
  await expect.poll(() => said.stdout).toMatch(/web-1:42 {2}█{3,}·{3,}/);
  expect(said.stdout).toContain("\x1b[5A\r\x1b[J");
  // As Ctrl-C does.
  child.stdin?.write("\x03");
  expect((await ended).status).toBe(130);
});

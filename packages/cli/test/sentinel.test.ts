import { type RedisServer, type SentinelGroup, startSentinel } from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { killAll, redsync, start } from "./redsync.ts";

let group: SentinelGroup;
let sentinel: RedisServer;
beforeAll(async () => {
  group = await startSentinel();
  sentinel = group.sentinels[0] as RedisServer;
});
afterAll(() => group.stop());
afterEach(killAll);

const urlOf = ({
  hosts = `127.0.0.1:${sentinel.port}`,
  name = "redsync",
  credentials = "",
  query = "",
} = {}) => `redis+sentinel://${credentials}${hosts}/${name}${query}`;

it("names the server, also if other Sentinels are away", async () => {
  const urls = urlOf({ hosts: `127.0.0.1:1,127.0.0.1:${sentinel.port}` });
  const ending = await redsync(["run", "job", "--fencing", "--", "echo", "ran"], { urls });
  expect(ending).toMatchObject({ status: 0, stdout: "ran\n", stderr: "" });
  expect(await group.primary.command("EXISTS", "{job}:fence")).toBe(1);
  const { stdout } = await redsync(["doctor", "--skip", "persistence"], { urls });
  expect(stdout).not.toContain("DANGER");
  expect(stdout).toContain(`redsync (Sentinel 127.0.0.1:1,127.0.0.1:${sentinel.port}): can be reached`);
});

it.each([
  ["a name that it does not know", () => urlOf({ name: "other" }), "No such master with that name"],
  [
    "Sentinels that are all away",
    () => urlOf({ hosts: "127.0.0.1:1,127.0.0.1:2" }),
    "failed to connect to sentinel 127.0.0.1:2",
  ],
])("%s ends it at once, and is said", async (_, url, says) => {
  const words = ["run", "job", "--connect-timeout", "1h", "--", "true"];
  const { status, stderr } = await redsync(words, { urls: url() });
  expect(status).toBe(69);
  expect(stderr).toContain(says);
});

it("that is silent is given up, and another one asked", async () => {
  const frozen = await startSentinel();
  frozen.sentinels[0]?.freeze();
  const hosts = `127.0.0.1:${frozen.sentinels[0]?.port},127.0.0.1:${sentinel.port}`;
  const words = ["run", "job", "--connect-timeout", "1m", "--", "echo", "ran"];
  expect(await redsync(words, { urls: urlOf({ hosts }) })).toMatchObject({ status: 0, stdout: "ran\n" });
  await frozen.stop();
});

it("may have a password of its own, beside the server's; neither is shown", async () => {
  await sentinel.command("ACL", "SETUSER", "watcher", "on", ">of-sentinel", "~*", "&*", "+@all");
  await group.primary.command("ACL", "SETUSER", "locker", "on", ">of-server", "~*", "&*", "+@all");
  const query = "?sentinelUsername=watcher&sentinelPassword=";
  const right = urlOf({ credentials: "locker:of-server@", query: `${query}of-sentinel` });
  expect(await redsync(["run", "job", "--", "echo", "ran"], { urls: right })).toMatchObject({
    status: 0,
    stdout: "ran\n",
  });
  for (const urls of [
    urlOf({ credentials: "locker:hunter2@", query: `${query}of-sentinel` }),
    urlOf({ credentials: "locker:of-server@", query: `${query}hunter2` }),
  ]) {
    const { status, stderr } = await redsync(["run", "job", "--", "true"], { urls });
    expect(status).toBe(69);
    expect(stderr).toContain("WRONGPASS");
    expect(stderr).not.toMatch(/hunter2|of-server|of-sentinel/);
  }
});

it("names another server after a failover: what is held there goes on, and is unlocked", async () => {
  const words = ["run", "job", "--expiry", "1m", "--json", "--", "sh", "-c", "echo ready; exec sleep 1000"];
  const { child, ended, said } = start(words, { urls: urlOf() });
  await expect.poll(() => said.stdout).toBe("ready\n");
  // The new primary has heard of the lock.
  await expect.poll(() => group.replica.command("EXISTS", "job")).toBe(1);
  await sentinel.command("SENTINEL", "FAILOVER", group.name);
  const primaryPort = async () => {
    const [, port] = (await sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", group.name)) as string[];
    return Number(port);
  };
  await expect.poll(primaryPort, { timeout: 60_000 }).toBe(group.replica.port);
  await group.primary.kill();
  await expect
    .poll(async () => (await redsync(["inspect", "job"], { urls: urlOf() })).stdout)
    .toContain("held");
  child.kill("SIGTERM");
  const { status, stderr } = await ended;
  expect(status).toBe(143);
  expect(stderr).toContain('"event":"released"');
  expect(await group.replica.command("EXISTS", "job")).toBe(0);
});

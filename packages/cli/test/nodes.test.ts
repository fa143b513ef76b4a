import { startCluster, startServer, startServers } from "@redsync/conformance/servers";
import { afterEach, describe, expect, it } from "vitest";
import { killAll, redsync, start } from "./redsync.ts";
import { rewriting } from "./rewriting.ts";

afterEach(killAll);

describe("several nodes", () => {
  it.each(["frozen", "down"] as const)("one that is %s changes nothing", async (fault) => {
    const servers = await startServers(3);
    const urls = servers.map(({ url }) => url).join();
    if (fault === "frozen") servers[0]?.freeze();
    else await servers[0]?.kill();
    const words = ["run", "job", "--fencing", "--", "sh", "-c", 'echo "$REDSYNC_TOKEN"; exit 3'];
    const { status, stdout, stderr } = await redsync(words, { urls });
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    expect(stdout).toMatch(/^\d{16}\n$/);
    expect(await servers[1]?.command("EXISTS", "job")).toBe(0);
    await Promise.all(servers.map((server) => server.stop()));
  });

  it("two of three that are away are too many: nothing runs", async () => {
    await using server = await startServer();
    const urls = `redis://127.0.0.1:1,${server.url},redis://127.0.0.1:2`;
    const { status, stdout, stderr } = await redsync(["run", "job", "--", "echo", "ran"], { urls });
    expect({ status, stdout }).toEqual({ status: 69, stdout: "" });
    expect(stderr).toMatch(
      /^redsync: too few nodes can be reached \(2 of 3 are needed\): .*ECONNREFUSED.*ECONNREFUSED/,
    );
  });

  it("one that is silent at the start is given up", async () => {
    await using server = await startServer();
    server.freeze();
    const ending = await redsync(["run", "job", "--connect-timeout", "500ms", "--", "echo", "ran"], {
      urls: server.url,
    });
    expect(ending).toMatchObject({ status: 69, stdout: "" });
    expect(ending.stderr).toContain("it is silent for 500 ms");
  });

  it("are told by their places, but a name that speaks of nodes stays as it is", async () => {
    const servers = await startServers(2);
    for (const server of servers)
      await server.command("ACL", "SETUSER", "reader", "on", ">password", "~*", "&*", "+@all", "-set");
    const urls = servers.map(({ url }) => url.replace("//", "//reader:password@")).join();
    const { status, stderr } = await redsync(["run", 'drain node 1: "; node 0: a', "--", "true"], { urls });
    expect(status).toBe(69);
    expect(stderr).toContain(String.raw`"drain node 1: \"; node 0: a" could not be locked`);
    const said = servers.map(({ port }) => `127\\.0\\.0\\.1:${port}: refused: [^;]*`).join("; ");
    expect(stderr).toMatch(new RegExp(`: ${said}\n$`));
    await Promise.all(servers.map((server) => server.stop()));
  });

  it("one that goes away and comes back while the command runs does not end it", async () => {
    const servers = await startServers(3);
    const urls = servers.map(({ url }) => url).join();
    const { child, ended, said } = start(
      ["run", "job", "--expiry", "6s", "--", "sh", "-c", "echo ready; exec sleep 1000"],
      { urls },
    );
    await expect.poll(() => said.stdout).toBe("ready\n");
    await servers[0]?.restart();
    // It is given the lock again.
    await expect.poll(() => servers[0]?.command("EXISTS", "job")).toBe(1);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ status: 143, stderr: "" });
    await Promise.all(servers.map((server) => server.stop()));
  });
});

it("an address that leads to a new primary is followed, once the old one says that it is a replica", async () => {
  await using old = await startServer();
  await using next = await startServer();
  const target = { port: old.port };
  await using address = await rewriting(target, (said) => said);
  await old.command("REPLICAOF", "127.0.0.1", String(next.port));
  const words = ["run", "job", "--fencing", "--timeout", "1m", "--", "echo", "ran"];
  const { ended } = start(words, { urls: address.url });
  const asked = async () => String(await old.command("INFO", "commandstats"));
  await expect.poll(asked).toMatch(/cmdstat_eval/);
  target.port = next.port;
  expect(await ended).toMatchObject({ status: 0, stdout: "ran\n", stderr: "" });
  expect(await next.command("EXISTS", "{job}:fence")).toBe(1);
});

it("--redis comes before REDIS_URLS", async () => {
  await using server = await startServer();
  const words = ["inspect", "job", "--redis", server.url];
  expect((await redsync(words, { urls: "redis://127.0.0.1:1" })).status).toBe(0);
});

it("a Cluster, as one node", async () => {
  await using cluster = await startCluster();
  const urls = cluster.servers.map(({ url }) => url).join();
  const on = (word: string, ...words: string[]) => redsync([word, "--cluster", ...words], { urls });
  const held = start(
    [
      "run",
      "job",
      "--cluster",
      "--owner",
      "web-1:42",
      "--fencing",
      "--expiry",
      "1s",
      "--",
      "sh",
      "-c",
      "echo ready; exec sleep 1000",
    ],
    { urls },
  );
  await expect.poll(() => held.said.stdout).toBe("ready\n");
  start(["run", "other", "--cluster", "--owner", "web-2:7", "--", "sleep", "1000"], { urls });
  await expect
    .poll(async () => (await on("ls", "*")).stdout)
    .toMatch(/^job {2}held by web-1:42.*\nother {2}held by web-2:7.*\n$/);
  expect((await on("inspect", "job")).stdout).toMatch(/held by web-1:42, .*token \d{16}/);
  expect((await on("run", "job", "--no-wait", "--expiry", "100s", "--", "true")).status).toBe(75);
  expect((await on("unlock", "job", "--force")).stdout).toContain("unlocked, was held by web-1:42");
  expect((await held.ended).status).toBe(79);
});

it("a Cluster with a keyPrefix, which is before the names of all its keys", async () => {
  await using cluster = await startCluster();
  const urls = cluster.servers.map(({ url }) => url).join();
  const prefixed = cluster.servers.map(({ url }) => `${url}?keyPrefix=app:`).join();
  const held = start(["run", "job", "--cluster", "--owner", "web-1:42", "--", "sleep", "1000"], {
    urls: prefixed,
  });
  const lines = (pattern: string, where: string) =>
    redsync(["ls", pattern, "--cluster"], { urls: where }).then(({ stdout }) => stdout);
  await expect.poll(() => lines("*", prefixed)).toMatch(/^job {2}held by web-1:42.*\n$/);
  expect(await lines("*", urls)).toMatch(/^app:job {2}held by web-1:42.*\n$/);
  held.child.kill("SIGTERM");
  expect((await held.ended).status).toBe(143);
});

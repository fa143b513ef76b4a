import {
  beginToMoveSlot,
  type RedisServer,
  startCluster,
  startProxy,
  startServer,
  startServers,
} from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../src/doctor/finding.ts";
import { killAll, redsync } from "./redsync.ts";
import { rewriting } from "./rewriting.ts";

/** As a server of locks should be. */
const SOUND = { appendonly: "yes", appendfsync: "always" };

let sound: RedisServer;
beforeAll(async () => {
  sound = await startServer({ config: SOUND });
});
afterAll(() => sound.stop());
afterEach(killAll);

/** The verdicts of one check, and the status with which the doctor ends. */
async function doctor(urls: string, check: Finding["check"], ...words: string[]) {
  const { status, stdout, stderr } = await redsync(["doctor", "--json", ...words], { urls });
  expect(stderr).toBe("");
  const findings = (JSON.parse(stdout) as Finding[]).filter((finding) => finding.check === check);
  return { status, found: findings.map(({ verdict, what }) => ({ verdict, what })), findings };
}

const finding = (verdict: Finding["verdict"], what: string) => ({
  verdict,
  what: expect.stringContaining(what),
});

it("finds nothing in a sound server, ends with 0, and leaves no key behind", async () => {
  const { status, stdout, stderr } = await redsync(["doctor", "--expiry", "100s"], { urls: sound.url });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).not.toMatch(/DANGER|warning|unknown/);
  expect(stdout.trim().split("\n").length).toBeGreaterThan(12);
  expect(await sound.command("DBSIZE")).toBe(0);
});

describe("settings", () => {
  it.each([
    [
      "a policy that evicts",
      { maxmemory: "100mb", "maxmemory-policy": "volatile-ttl" },
      "eviction",
      "danger",
      "volatile-ttl",
    ],
    [
      "a policy without a limit",
      { "maxmemory-policy": "allkeys-lru" },
      "eviction",
      "warning",
      "without effect",
    ],
    ["no persistence", { appendonly: "no" }, "persistence", "danger", "a restart forgets"],
    ["a file that is late", { appendfsync: "everysec" }, "persistence", "warning", "appendfsync everysec"],
    ["a full memory", { maxmemory: "1" }, "rights", "danger", "OOM"],
  ] as const)("%s", async (_, config, check, verdict, what) => {
    await using server = await startServer({ config: { ...SOUND, ...config } });
    const { status, found } = await doctor(server.url, check);
    expect(found).toEqual([finding(verdict, what)]);
    expect(status).toBe(verdict === "danger" ? 1 : 0);
  });

  it("what is skipped does not count", async () => {
    await using server = await startServer();
    expect((await doctor(server.url, "persistence")).status).toBe(1);
    expect((await doctor(server.url, "persistence", "--skip", "persistence")).status).toBe(0);
    expect((await redsync(["doctor", "--skip", "nothing"], { urls: server.url })).status).toBe(64);
  });

  it("a replica", async () => {
    await using replica = await startServer({ config: { ...SOUND, replicaof: `127.0.0.1 ${sound.port}` } });
    const { status, found } = await doctor(replica.url, "role");
    expect(found).toEqual([finding("danger", `a replica of 127.0.0.1:${sound.port}`)]);
    expect(status).toBe(1);
    const rights = await doctor(replica.url, "rights");
    expect(rights.found).toEqual([
      finding("danger", "no SET PEXPIRE DEL: nobody can lock (READONLY You can't write"),
    ]);
    expect((await doctor(replica.url, "lock")).found).toEqual([finding("danger", "refused: READONLY")]);
  });

  it("a version that is too old", async () => {
    await using old = await rewriting(sound, (said) => said.replace(/redis_version:\d/, "redis_version:4"));
    const { status, found } = await doctor(old.url, "version");
    expect(found).toEqual([finding("danger", "Redis 4.")]);
    expect(status).toBe(1);
  });
});

describe("nodes", () => {
  it("one server that is given twice", async () => {
    const { status, found } = await doctor(`${sound.url},redis://localhost:${sound.port}`, "identity");
    expect(found).toEqual([finding("danger", `the same server as 127.0.0.1:${sound.port}`)]);
    expect(status).toBe(1);
  });

  it("three servers, of which one is down; an even number", async () => {
    const servers = await startServers(3, { config: SOUND });
    const urls = servers.map(({ url }) => url);
    expect((await doctor(urls.join(), "identity")).found).toEqual([finding("ok", "3 servers")]);
    expect((await doctor(urls.slice(1).join(), "nodes")).found).toEqual([
      finding("warning", "2 nodes: 0 may fail"),
    ]);
    expect((await doctor(urls.slice(1).join(), "nodes")).findings[0]?.advice).toBe(
      "use 3 nodes, which survive one more failure, or 1, which survives as many",
    );
    await servers[1]?.stop();
    const { status, found } = await doctor(urls.join(), "connection");
    expect(found).toEqual([finding("ok", ""), finding("danger", "ECONNREFUSED"), finding("ok", "")]);
    expect(status).toBe(1);
    await Promise.all(servers.map((server) => server.stop()));
  });

  it("a server that is silent", async () => {
    await using frozen = await startServer();
    frozen.freeze();
    const { status, found } = await doctor(
      `${sound.url},${frozen.url}`,
      "connection",
      "--connect-timeout",
      "500ms",
    );
    expect(found).toEqual([finding("ok", ""), finding("danger", "it is silent for 500 ms")]);
    expect(status).toBe(1);
  });

  it("no server at all ends with 69", async () => {
    expect((await doctor("redis://127.0.0.1:1", "connection")).status).toBe(69);
  });

  it("a password that is wrong, and is not shown", async () => {
    await using locked = await startServer({ config: { ...SOUND, requirepass: "open-sesame" } });
    const { status, stdout, stderr } = await redsync(["doctor"], {
      urls: locked.url.replace("//", "//:hunter2@"),
    });
    expect(status).toBe(69);
    expect(stdout).toContain("WRONGPASS");
    expect(stdout + stderr).not.toContain("hunter2");
  });
});

describe("clocks", () => {
  /** The seconds of TIME's reply, in a reply that is nothing else. */
  const TIME = /(\*2\r\n\$10\r\n)(\d{10})(\r\n\$\d\r\n)/;
  const shifted = (seconds: number) =>
    rewriting(sound, (said) =>
      said.replace(TIME, (_, before, time, after) => before + (Number(time) + seconds) + after),
    );

  it("that are apart", async () => {
    await using ahead = await shifted(5);
    const { status, found } = await doctor(`${sound.url},${ahead.url}`, "clock");
    expect(found).toContainEqual(finding("danger", " s apart"));
    expect(status).toBe(1);
  });

  it("that are together, and ours is not", async () => {
    await using ahead = await shifted(-60);
    const { found } = await doctor(ahead.url, "clock");
    expect(found).toEqual([finding("warning", "this machine's clock is ")]);
  });

  it("that stand still", async () => {
    await using still = await rewriting(sound, (said) =>
      said.replace(/\*2\r\n\$10\r\n\d{10}\r\n\$\d\r\n\d+/, () => "*2\r\n$10\r\n1111111111\r\n$6\r\n111111"),
    );
    const { status, found } = await doctor(still.url, "clock");
    expect(found).toContainEqual(finding("danger", "stands still"));
    expect(status).toBe(1);
  });
});

describe("rights", () => {
  let users = 0;
  const urlOf = async (...rights: string[]) => {
    const user = `user-${users++}`;
    await sound.command("ACL", "SETUSER", user, "on", ">password", ...rights);
    return sound.url.replace("//", `//${user}:password@`);
  };

  const script = ["get", "set", "del", "pttl", "pexpire"];
  it.each(script)("a user who may not call %s", async (command) => {
    const { status, found } = await doctor(await urlOf("~*", "&*", "+@all", `-${command}`), "rights");
    expect(found).toEqual([finding("danger", command.toUpperCase())]);
    expect(status).toBe(1);
  });

  it("a user who may call no script, or only by its text", async () => {
    const none = await doctor(await urlOf("~*", "&*", "+@all", "-eval", "-evalsha"), "rights");
    expect(none.found).toEqual([finding("danger", "no EVAL EVALSHA")]);
    const { status, found } = await doctor(await urlOf("~*", "&*", "+@all", "-evalsha"), "rights");
    expect(found).toEqual([finding("warning", "no EVALSHA")]);
    expect(status).toBe(0);
  });

  it("a user who has some keys alone", async () => {
    const some = await urlOf("~lock:*", "&*", "+@all");
    expect((await doctor(some, "rights")).found).toEqual([finding("danger", "NOPERM")]);
    const { status, found } = await doctor(some, "rights", "--prefix", "lock:");
    expect({ status, found }).toEqual({ status: 0, found: [finding("ok", "SET")] });
    expect((await doctor(some, "fencing", "--prefix", "lock:")).found).toEqual([
      finding("warning", "NOPERM"),
    ]);
    expect((await doctor(some, "queue", "--prefix", "lock:")).found).toEqual([finding("warning", "NOPERM")]);
    expect((await doctor(some, "queue", "--prefix", "lock:{a}")).found).toEqual([finding("ok", "ZADD")]);
  });

  it("a user without the commands of the queue, or of fencing", async () => {
    const { status, found } = await doctor(await urlOf("~*", "&*", "+@all", "-zadd", "-zrank"), "queue");
    expect({ status, found }).toEqual({ status: 0, found: [finding("warning", "no ZADD ZRANK")] });
    const fencing = await doctor(await urlOf("~*", "&*", "+@all", "-time"), "fencing");
    expect(fencing.found).toEqual([finding("warning", "no TIME")]);
    expect(fencing.findings[0]?.advice).toMatch(/^ACL SETUSER USER \+time, /);
  });

  it("a user without channels, or only with redsync's", async () => {
    expect((await doctor(await urlOf("~*", "resetchannels", "+@all"), "channels")).found).toEqual([
      finding("warning", "NOPERM"),
    ]);
    expect(
      (await doctor(await urlOf("~*", "resetchannels", "&redsync:*", "+@all"), "channels")).found,
    ).toEqual([finding("ok", "heard")]);
  });

  it("a user who may not call INFO", async () => {
    const { status, found } = await doctor(await urlOf("~*", "&*", "+@all", "-info"), "eviction");
    expect({ status, found }).toEqual({ status: 0, found: [finding("unknown", "NOPERM")] });
  });
});

it("a server that is too far away for the expiry", async () => {
  await using proxy = await startProxy(sound);
  proxy.delay(30);
  const { status, found } = await doctor(proxy.url, "latency", "--expiry", "1s");
  expect({ status, found }).toEqual({ status: 1, found: [finding("danger", "a round waits for 50 ms")] });
  expect((await doctor(proxy.url, "latency", "--expiry", "100s")).found).toEqual([finding("ok", "5.0 s")]);
});

it("a Cluster: as one server, as a Cluster, and while it moves a slot", async () => {
  await using cluster = await startCluster();
  const [first] = cluster.servers as [RedisServer];
  const one = await doctor(first.url, "cluster");
  expect(one).toMatchObject({ status: 1, found: [finding("danger", "a member of a Cluster")] });
  const skip = ["--cluster", "--skip", "persistence"];
  const whole = await doctor(first.url, "cluster", ...skip);
  expect(whole.found.at(-1)).toEqual(finding("ok", "3 primaries"));
  expect(whole.status).toBe(0);
  await beginToMoveSlot(cluster, "name");
  const moving = await doctor(first.url, "cluster", ...skip);
  expect(moving.found.at(-1)).toEqual(finding("warning", "slots are on their way: 5798"));
  expect(moving.status).toBe(0);
});

import { type RedisServer, startServer, startServers } from "@redsync/conformance/servers";
import { type Lock, LockLostError, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTerminal, killAll, redsync } from "./redsync.ts";
import { rewriting } from "./rewriting.ts";

let servers: readonly RedisServer[];
let one: RedisServer;
let clients: Redis[];
beforeAll(async () => {
  servers = await startServers(3);
  one = servers[0] as RedisServer;
  clients = servers.map(({ port }) => new Redis(port));
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await Promise.all(servers.map((server) => server.stop()));
});
beforeEach(() => Promise.all(servers.map((server) => server.command("FLUSHALL"))));
afterEach(killAll);

const all = () => ({ urls: servers.map(({ url }) => url).join() });
const first = () => ({ urls: one.url });
/** A holder in this process, on the first server, or on all of them. */
const holder = (count: 1 | 3 = 1, owner = "web-1:42") =>
  new Redsync(
    clients.slice(0, count).map((client) => ioredisNode(client)),
    { expiry: 60_000, timeoutFactor: 0.5, owner },
  );
/** What of a lock nobody may see. */
const secretOf = ({ value }: Lock) => value.slice(value.indexOf("/") + 1);

describe("inspect", () => {
  it("shows who has a name, node by node, and never what proves it", async () => {
    const lock = await holder(3).mutex("job", { fencing: true }).lock();
    const { status, stdout, stderr } = await redsync(["inspect", "job", "other"], all());
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const places = servers.map(({ port }) => `127.0.0.1:${port}`);
    const held = `held by web-1:42, \\d+\\.\\d s left, token ${lock.token}`;
    const lines = [
      "job",
      ...places.map((place) => `  ${place}  ${held}`),
      "other",
      ...places.map((place) => `  ${place}  free`),
    ];
    expect(stdout).toMatch(new RegExp(`^${lines.join("\n")}\n$`));
    const { stdout: json } = await redsync(["inspect", "job", "--json"], all());
    expect(JSON.parse(json)).toMatchObject([{ name: "job", status: "held", owner: "web-1:42", votes: 3 }]);
    expect(stdout + json).not.toContain(secretOf(lock));
  });

  it("tells a node that is away from one that has nothing, and ends with 69 if too few answer", async () => {
    await holder().mutex("job").lock();
    const urls = `${one.url},redis://127.0.0.1:1`;
    const { status, stdout } = await redsync(["inspect", "job"], { urls });
    expect(status).toBe(69);
    expect(stdout).toContain("held by web-1:42");
    expect(stdout).toContain("127.0.0.1:1  cannot be reached: connect ECONNREFUSED");
  });

  it("says why a node does not tell: it refuses", async () => {
    await one.command("ACL", "SETUSER", "blind", "on", ">password", "~other", "&*", "+@all");
    const urls = one.url.replace("//", "//blind:password@");
    const { status, stdout } = await redsync(["inspect", "job"], { urls });
    expect(status).toBe(69);
    expect(stdout).toMatch(/^job\n {2}\S+ {2}the server refuses: NOPERM .+\n$/);
  });

  it("shows the tokens of those that tell them, though one node refuses to and another is away", async () => {
    const user = ["ACL", "SETUSER", "unfenced", "on", ">password", "~job", "~{job}:queue", "&*", "+@all"];
    await one.command(...user);
    const lock = await holder(3).mutex("job", { fencing: true }).lock();
    const [, second, third] = servers as readonly [RedisServer, RedisServer, RedisServer];
    const refusing = one.url.replace("//", "//unfenced:password@");
    const urls = [refusing, second.url, third.url, "redis://127.0.0.1:1"].join();
    const { status, stdout } = await redsync(["inspect", "job", "--json"], { urls });
    expect(status).toBe(0);
    const [{ nodes }] = JSON.parse(stdout);
    expect(nodes).toMatchObject([
      { status: "held", owner: "web-1:42" },
      { status: "held", token: lock.token },
      { status: "held", token: lock.token },
      { status: "failed", error: expect.stringContaining("cannot be reached") },
    ]);
    expect(nodes[0]).not.toHaveProperty("token");
    const watched = await redsync(["watch", "job", "--json", "--for", "0s"], { urls });
    expect(JSON.parse(watched.stdout)).toMatchObject({ status: "held", token: lock.token });
  });

  it("shows a lock of another library, one without an end, and names that have no fence", async () => {
    await one.command("SET", "a}b", "0123456789abcdefghijkl==");
    const { status, stdout } = await redsync(["inspect", "a}b"], first());
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `a}b\n  127.0.0.1:${one.port}  held by somebody who does not say who, without an end\n`,
    });
  });
});

describe("ls", () => {
  it("lists our locks, and not what else matches", async () => {
    await holder(3).mutex("job:1", { fencing: true }).lock();
    await holder(1, "").mutex("job:2").lock();
    await one.command("SET", "job:text", "some data");
    await one.command("RPUSH", "job:list", "item");
    await one.command("SET", "job:go", "0123456789abcdefghijkl==", "PX", "60000");
    await one.command("SET", "other", "@web-1:42/random");
    const { status, stdout, stderr } = await redsync(["ls", "job:*"], all());
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^job:1 {2}held by web-1:42, \S+ s left, on 3 of 3 nodes\njob:2 {2}held by somebody who does not say who, \S+ s left, on 1 of 3 nodes\n$/,
    );
    expect(stderr).toContain("3 other keys match");
    // What belongs to a lock is not counted: "{job:1}:fence" matches too.
    expect((await redsync(["ls", "*job:*"], first())).stderr).toContain("3 other keys match");
    const { stdout: json } = await redsync(["ls", "*job:*", "--all", "--json"], first());
    const kinds = Object.fromEntries(
      JSON.parse(json).map(({ name, kind }: { name: string; kind: string }) => [name, kind]),
    );
    expect(kinds).toEqual({
      "job:1": "lock",
      "job:2": "lock",
      "job:text": "other",
      "job:list": "other",
      "job:go": "foreign",
      "{job:1}:fence": "other",
    });
  });

  it("counts what is no lock of ours once, however many nodes have it, and as whatever", async () => {
    await Promise.all(servers.map((server) => server.command("SET", "job:text", "some data")));
    await one.command("RPUSH", "job:mixed", "item");
    await servers[1]?.command("SET", "job:mixed", "0123456789abcdefghijkl==");
    expect((await redsync(["ls", "job:*"], all())).stderr).toContain("2 other keys match");
  });

  it("takes a keyPrefix as it is, and shows names without it", async () => {
    const lock = "@web-1:42/random";
    for (const name of ["a[*]\\é:job", "a*\\é:other", "other"]) await one.command("SET", name, lock);
    const urls = `${one.url}?keyPrefix=${encodeURIComponent("a[*]\\é:")}`;
    for (const pattern of ["*", "job"])
      expect(await redsync(["ls", pattern], { urls })).toMatchObject({
        status: 0,
        stdout: "job  held by web-1:42, without an end\n",
        stderr: "",
      });
    expect((await redsync(["ls", "a*", "--all"], { urls })).stdout).toBe("");
    expect((await redsync(["unlock", "job", "--force"], { urls })).stdout).toContain("unlocked, was held by");
    expect(await one.command("EXISTS", "a[*]\\é:job")).toBe(0);
  });

  it("counts keys with names that are no text, but none that has vanished since SCAN", async () => {
    const bytes = (text: string) => Buffer.from(text, "latin1");
    await clients[0]?.set(bytes("job:\xff"), "@web-1:42/random");
    await clients[0]?.set(bytes("job:\xfe\xfe"), "some data");
    const { stdout, stderr } = await redsync(["ls", "job:*"], first());
    expect(stdout).toBe("");
    expect(stderr).toContain("2 other keys match");
    const shown = await redsync(["ls", "job:*", "--all"], first());
    expect(shown.stdout).toBe(
      '"job:\\\\xfe\\\\xfe"  no lock, without an end\n"job:\\\\xff"  no lock, without an end\n',
    );
    await using changed = await rewriting(one, (said) => said.replaceAll("job:\xff", "job:\xfd"));
    expect((await redsync(["ls", "job:*"], { urls: changed.url })).stderr).toContain("1 other key matches");
  });

  it("lists a name once that SCAN has twice, though somebody else holds it by then", async () => {
    for (const name of ["job:1", "job:2"]) await one.command("SET", name, "@web-1:42/random");
    let sightings = 0;
    await using changed = await rewriting(one, (said) =>
      said.replaceAll("job:2", "job:1").replaceAll("@web-1", () => `@web-${++sightings}`),
    );
    const { stdout } = await redsync(["ls", "job:*"], { urls: changed.url });
    expect(stdout).toBe("job:1  held by web-1:42, without an end\n");
    expect(sightings).toBe(2);
  });

  it("finds each of thousands once, with bytes that are no line of text", async () => {
    const redsync1 = holder();
    await Promise.all(Array.from({ length: 2_000 }, (_, index) => redsync1.mutex(`many:${index}`).lock()));
    await redsync1.mutex("many:line\nfeed").lock();
    const { stdout } = await redsync(["ls", "many:*"], first());
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(2_001);
    expect(new Set(lines.map((line) => line.split(" ")[0])).size).toBe(2_001);
    expect(stdout).toContain('"many:line\\nfeed"  held by web-1:42');
  });
});

describe("unlock", () => {
  it.each([1, 3] as const)("takes the lock from its holder, who learns of it: %i nodes", async (count) => {
    const lock = await holder(count).mutex("job").lock();
    const { status, stdout, stderr } = await redsync(
      ["unlock", "job", "--force"],
      count === 1 ? first() : all(),
    );
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toEqual(
      servers.slice(0, count).map(({ port }) => `127.0.0.1:${port}  unlocked, was held by web-1:42`),
    );
    expect(stderr).toContain("takes the lock from its holder");
    expect(stdout + stderr).not.toContain(secretOf(lock));
    expect(await one.command("EXISTS", "job")).toBe(0);
    await expect(lock.extend()).rejects.toBeInstanceOf(LockLostError);
  });

  it.each([1, 3] as const)("passes the name on to the first that waits: %i nodes", async (count) => {
    const held = await holder(count).mutex("job").lock();
    const waiting = holder(count, "web-2:7").mutex("job").lock({ timeout: 100_000 });
    // In a quorum of the queues, whichever.
    const queued = async () => {
      const lengths = await Promise.all(servers.map((server) => server.command("ZCARD", "{job}:queue")));
      return lengths.filter((length) => length === 1).length;
    };
    await expect.poll(queued).toBeGreaterThan(count / 2);
    const started = performance.now();
    expect((await redsync(["unlock", "job", "--force"], count === 1 ? first() : all())).status).toBe(0);
    const lock = await waiting;
    // Long before it would ask by itself: a quarter of its expiry.
    expect(performance.now() - started).toBeLessThan(15_000);
    await lock.verify();
    expect(await held.unlock()).toBe("taken");
    expect(await lock.unlock()).toBe("released");
  });

  it("says when nobody has it, and does not ask then", async () => {
    const { status, stdout } = await redsync(["unlock", "job", "--force", "--json"], first());
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      name: "job",
      nodes: [{ node: `127.0.0.1:${one.port}`, result: "free" }],
    });
  });

  it("deletes a lock of another library, but what is no lock only with --any", async () => {
    await one.command("SET", "go", "0123456789abcdefghijkl==");
    expect((await redsync(["unlock", "go", "--force"], first())).status).toBe(0);
    await one.command("SET", "data", "some data");
    const refused = await redsync(["unlock", "data", "--force"], first());
    expect(refused.status).toBe(64);
    expect(refused.stderr).toContain("does not look like a lock");
    expect(refused.stderr).not.toContain("some data");
    expect(await one.command("GET", "data")).toBe("some data");
    expect((await redsync(["unlock", "data", "--force", "--any"], first())).status).toBe(0);
    await one.command("RPUSH", "list", "item");
    expect((await redsync(["unlock", "list", "--force", "--any"], first())).status).toBe(69);
    expect(await one.command("KEYS", "*")).toEqual(["list"]);
  });

  it.each([[[]], [["--any"]]])("leaves a value that is no text to DEL: %j", async (options) => {
    await clients[0]?.set("data", Buffer.from("\xff\xfe\0binary\x80value", "latin1"));
    const { status, stdout } = await redsync(["unlock", "data", "--force", ...options], first());
    expect(status).toBe(69);
    expect(stdout).toContain("not unlocked: its value is no text, and no lock: DEL deletes it");
    expect(stdout).not.toContain("binary");
    expect(await one.command("EXISTS", "data")).toBe(1);
  });

  it("deletes a text with the character that stands for bytes that are none", async () => {
    await one.command("SET", "data", "some \ufffd data");
    expect((await redsync(["unlock", "data", "--force", "--any"], first())).stdout).toContain("unlocked");
    expect(await one.command("EXISTS", "data")).toBe(0);
  });

  it("shows names and ports as they are, though a short value is a part of them", async () => {
    await one.command("SET", "job:1", "1");
    const { status, stderr } = await redsync(["unlock", "job:1", "--force"], first());
    expect(status).toBe(64);
    expect(stderr).toContain(`"job:1" on 127.0.0.1:${one.port} does not look like a lock`);
  });

  it("works for a user who has the names' keys alone, and not their queues", async () => {
    await one.command("ACL", "SETUSER", "keys", "on", ">password", "~job", "&*", "+@all");
    await holder().mutex("job").lock();
    const urls = one.url.replace("//", "//keys:password@");
    const { status, stdout } = await redsync(["unlock", "job", "--force"], { urls });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining("unlocked") });
    expect(await one.command("DBSIZE")).toBe(0);
  });

  it("shows no value, though a server repeats the arguments of a command that it does not know", async () => {
    await using renamed = await startServer({ config: { "rename-command": "EVALSHA hidden" } });
    await renamed.command("SET", "job", "@web-1:42/random");
    expect((await redsync(["unlock", "job", "--force"], { urls: renamed.url })).status).toBe(0);
    await using lacking = await startServer({
      config: ['rename-command EVAL ""', 'rename-command EVALSHA ""'],
    });
    for (const name of ["a", "a-name-of-a-length-that-has-the-value-cut"]) {
      await lacking.command("SET", name, "@web-1:42/SECRETSECRETSECRET==");
      const { status, stdout, stderr } = await redsync(["unlock", name, "--force"], { urls: lacking.url });
      expect(status).toBe(69);
      expect(stdout).toContain("unknown command");
      expect(stdout + stderr).not.toContain("SEC");
    }
  });

  it("does not ask without a terminal, and unlocks nothing", async () => {
    const lock = await holder().mutex("job").lock();
    const { status, stderr } = await redsync(["unlock", "job"], { ...first(), stdin: "y\n" });
    expect(status).toBe(64);
    expect(stderr).toContain("--force");
    expect(await one.command("GET", "job")).toBe(lock.value);
  });

  it.each([
    ["y", 0, 0],
    ["n", 1, 1],
    ["", 1, 1],
  ])("shows the holder and asks in a terminal: %j", async (answer, status, left) => {
    const lock = await holder().mutex("job").lock();
    const terminal = inTerminal(["unlock", "job"], first());
    await expect.poll(() => terminal.said.stdout).toContain("[y/N]");
    expect(terminal.said.stdout).toContain("held by web-1:42");
    terminal.child.stdin?.write(`${answer}\r`);
    const ended = await terminal.ended;
    expect(ended.status).toBe(status);
    expect(ended.stdout).not.toContain(secretOf(lock));
    expect(await one.command("EXISTS", "job")).toBe(left);
  });

  it("deletes only what it has shown: not the lock that came while it asked", async () => {
    const shown = await holder().mutex("job").lock();
    const terminal = inTerminal(["unlock", "job"], first());
    await expect.poll(() => terminal.said.stdout).toContain("[y/N]");
    await shown.unlock();
    const next = await holder(1, "web-2:7").mutex("job").lock();
    terminal.child.stdin?.write("y\r");
    const ended = await terminal.ended;
    expect(ended.status).toBe(75);
    expect(ended.stdout).toContain("somebody else has it by now: not unlocked");
    expect(await one.command("GET", "job")).toBe(next.value);
  });
});

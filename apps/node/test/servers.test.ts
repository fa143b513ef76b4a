import { type RedisServer, startServer, startServers } from "@redsync/conformance/servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { column, run, start } from "./program.ts";

let servers: RedisServer[];
let environment: { REDIS_URLS: string };

beforeAll(async () => {
  servers = await startServers(3);
  environment = { REDIS_URLS: servers.map(({ url }) => url).join(",") };
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

/** The keys on each server, but for what a queue remembers of the last unlock for as long as a lock lasts. */
async function keys(): Promise<unknown> {
  return Promise.all(
    servers.map(async (server) => {
      const found = (await server.command("KEYS", "*")) as string[];
      const ttls = await Promise.all(found.map((key) => server.command("PTTL", key)));
      return found.filter((key, index) => !key.endsWith(":queue") || ttls[index] === -1);
    }),
  );
}

/** The processes that the timeline names, and that are still there. */
function alive(stdout: string): number[] {
  const pids = [...stdout.matchAll(/process (\d+) task/g)].map(([, pid]) => Number(pid));
  return [...new Set(pids)].filter((pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  });
}

describe("npm start with REDIS_URLS", () => {
  it("loses bookings in several processes without a lock and none with one, and leaves no key", async () => {
    const { status, stdout, stderr } = await run(["--bookings", "160", "--processes", "3"], environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [first = "", second = ""] = stdout.split("With a lock\n");
    for (const timeline of [first, second]) expect(new Set(timeline.match(/process \d+/g)).size).toBe(3);
    expect(column(stdout, "lost")[0]).toBeGreaterThan(0);
    expect(column(stdout, "lost")[1]).toBe(0);
    expect(column(stdout, "stored")[1]).toBe(160);
    expect(await keys()).toEqual([[], [], []]);
    expect(alive(stdout)).toEqual([]);
  });

  it("leaves no key and no process behind at SIGINT, and ends with 130", async () => {
    const program = start(["--bookings", "1000"], environment);
    await program.printed("\nWith a lock\n  250 of 1000 bookings");
    program.child.kill("SIGINT");
    const { status, stdout, stderr } = await program.ended;
    expect({ status, stderr }).toEqual({ status: 130, stderr: "" });
    expect(await keys()).toEqual([[], [], []]);
    expect(alive(stdout)).toEqual([]);
  });

  it("releases the locks when the main process is killed", async () => {
    const program = start(["--bookings", "1000"], environment);
    await program.printed("\nWith a lock\n  250 of 1000 bookings");
    program.child.kill("SIGKILL");
    // The workers share the pipes, which close when the last of them has ended.
    await program.ended;
    const left = (await keys()) as string[][];
    expect(left.flat().filter((key) => key.endsWith(":lock"))).toEqual([]);
    await servers[0]?.command("FLUSHALL");
  });

  it.each(["ioredis", "node-redis"])(
    "goes on over the other two, through %s, when one server is down from the start",
    async (client) => {
      const [first, second] = servers.map(({ url }) => url);
      const { status, stdout, stderr } = await run(["--bookings", "80", "--client", client], {
        REDIS_URLS: `redis://:secret@127.0.0.1:1,${first},${second}`,
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain(`through ${client}`);
      expect(stdout).toContain("redis://127.0.0.1:1  down: connect ECONNREFUSED");
      expect(stdout).not.toContain("secret");
      expect(column(stdout, "lost")[1]).toBe(0);
      expect(await keys()).toEqual([[], [], []]);
      expect(alive(stdout)).toEqual([]);
    },
  );

  it("loses none through valkey-glide", async () => {
    const args = ["--bookings", "80", "--processes", "2", "--client", "valkey-glide"];
    const { status, stdout, stderr } = await run(args, environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("8 tasks in 2 processes, through valkey-glide, one lock over 3 servers");
    expect(column(stdout, "lost")[0]).toBeGreaterThan(0);
    expect(column(stdout, "lost")[1]).toBe(0);
    expect(await keys()).toEqual([[], [], []]);
    expect(alive(stdout)).toEqual([]);
  });

  it.each(["ioredis", "node-redis", "valkey-glide"])(
    "says in plain words, through %s, that a server wants a password or refuses the one it is given",
    async (client) => {
      await using server = await startServer({ config: { requirepass: "open-sesame" } });
      const { port } = server;
      const without = await run(["--client", client], { REDIS_URLS: `redis://127.0.0.1:${port}` });
      expect({ status: without.status, stdout: without.stdout }).toEqual({ status: 1, stdout: "" });
      expect(without.stderr).toBe(
        `1 of 1 server cannot be used, and a lock needs 1:\n  redis://127.0.0.1:${port}  wants a password, ` +
          "as in redis://:password@host:port (NOAUTH)\n",
      );
      const wrong = await run(["--client", client], { REDIS_URLS: `redis://:s3cret@127.0.0.1:${port}` });
      expect(wrong.status).toBe(1);
      expect(wrong.stderr).toContain(
        `redis://127.0.0.1:${port}  refuses the user name or the password of its URL (WRONGPASS)`,
      );
      expect(wrong.stdout + wrong.stderr).not.toContain("s3cret");
    },
  );

  it("says which servers cannot be reached, without their passwords, and ends with 1", async () => {
    const { status, stdout, stderr } = await run([], {
      REDIS_URLS: `redis://:secret@127.0.0.1:1,redis://127.0.0.1:2,${servers[0]?.url}`,
    });
    expect(status).toBe(1);
    expect(stderr).toContain("2 of 3 servers cannot be used, and a lock needs 2");
    expect(stderr).toContain("redis://127.0.0.1:1  connect ECONNREFUSED");
    expect(stdout + stderr).not.toContain("secret");
  });

  it("names the clients that there are where it does not know the one it is given", async () => {
    const { status, stdout, stderr } = await run(["--client", "redis"], environment);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe('--client must be one of ioredis, node-redis, valkey-glide; it is "redis"\n');
  });

  it("names a wrong URL without its password, and ends with 2 before any work", async () => {
    const { status, stdout, stderr } = await run([], {
      REDIS_URLS: `${servers[0]?.url},http://user:secret@host:80`,
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("URL 2 is no redis://host:port");
    expect(stderr).not.toContain("secret");
  });
});

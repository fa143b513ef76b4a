import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { command, type RedisServer, startServer, startServers } from "../src/servers/index.ts";
import { use } from "./running.ts";

describe("startServer", () => {
  it("resolves to a server that answers, at its port, under its pid", async () => {
    const server = await use(startServer());
    expect(await command(server.port, "PING")).toBe("PONG");
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);
    expect(await server.command("INFO", "server")).toContain(`process_id:${server.pid}\r\n`);
  });

  it("takes configuration as a record and as lines", async () => {
    const record = await use(startServer({ config: { maxmemory: "5mb", save: "" } }));
    const lines = await use(startServer({ config: ["user guest on nopass ~* +@all -@pubsub"] }));
    expect(await record.command("CONFIG", "GET", "maxmemory")).toEqual(["maxmemory", "5242880"]);
    expect(await lines.command("ACL", "USERS")).toContain("guest");
  });

  it("keeps nothing on disk by default", async () => {
    const server = await use(startServer());
    expect(await server.command("CONFIG", "GET", "save")).toEqual(["save", ""]);
    expect(await server.command("CONFIG", "GET", "appendonly")).toEqual(["appendonly", "no"]);
  });

  it("says with the server's own words why it does not start", async () => {
    const server = await use(startServer());
    await expect(startServer({ port: server.port })).rejects.toThrow(/Address already in use/);
    await expect(startServer({ config: ["no-such-directive 1"] })).rejects.toThrow(/no-such-directive/);
  });

  /** Starts a server that draws this port first. */
  async function startDrawing(port: number): Promise<RedisServer> {
    const random = Math.random;
    const draws = [(port - 10_000 + 0.5) / 10_000];
    Math.random = () => draws.shift() ?? random();
    try {
      const server = await use(startServer());
      expect(draws).toEqual([]);
      return server;
    } finally {
      Math.random = random;
    }
  }

  it("draws another port when another program has the first one", async () => {
    const server = await use(startServer());
    const { port } = server;
    await server.stop();
    const program = createServer().listen(port, "127.0.0.1");
    await once(program, "listening");
    try {
      expect((await startDrawing(port)).port).not.toBe(port);
    } finally {
      program.close();
    }
  });

  it("keeps its port while it is down: no other server is given it", async () => {
    const down = await use(startServer());
    await down.kill();
    expect((await startDrawing(down.port)).port).not.toBe(down.port);
    await down.restart();
    expect(await down.command("PING")).toBe("PONG");
  });

  it("says how to get a binary when there is none", async () => {
    const before = process.env.REDIS_SERVER;
    process.env.REDIS_SERVER = "/no/such/binary";
    try {
      await expect(startServer()).rejects.toThrow(/"\/no\/such\/binary".*apt-get install.*REDIS_SERVER/);
    } finally {
      if (before === undefined) delete process.env.REDIS_SERVER;
      else process.env.REDIS_SERVER = before;
    }
  });

  it("starts many at a time, each on a port and with data of its own", async () => {
    const servers = await startServers(5);
    for (const server of servers) await use(Promise.resolve(server));
    expect(new Set(servers.map((server) => server.port)).size).toBe(5);
    await servers[0]?.command("SET", "k", "v");
    expect(await servers[1]?.command("GET", "k")).toBeNull();
  });
});

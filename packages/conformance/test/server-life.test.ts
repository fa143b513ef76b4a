import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { command, type RedisServer, startServer } from "../src/servers/index.ts";
import { use } from "./running.ts";
import { peek, pending } from "./unanswered.ts";

const refused = { code: "ECONNREFUSED" };
const homeOf = async (server: RedisServer) =>
  ((await server.command("CONFIG", "GET", "dir")) as string[])[1] ?? "";

describe("a server's end and return", () => {
  it("stop ends the process and removes its directory, also twice, also when frozen", async () => {
    const server = await startServer();
    const home = await homeOf(server);
    expect(existsSync(home)).toBe(true);
    server.freeze();
    await server.stop();
    await server.stop();
    expect(existsSync(home)).toBe(false);
    await expect(server.command("PING")).rejects.toMatchObject(refused);
    await expect(server.restart()).rejects.toThrow(/was stopped/);
  });

  it("is stopped at the end of its scope", async () => {
    let port: number;
    {
      await using server = await startServer();
      port = server.port;
    }
    await expect(command(port, "PING")).rejects.toMatchObject(refused);
  });

  it("a frozen server answers nothing, and all of it once thawed", async () => {
    const [server, witness] = await Promise.all([use(startServer()), use(startServer())]);
    server.freeze();
    const reply = server.command("SET", "k", "v");
    expect(await peek(reply, witness)).toBe(pending);
    server.thaw();
    expect(await reply).toBe("OK");
  });

  it("a killed server comes back empty on the same port, as another process", async () => {
    const server = await use(startServer());
    const { port, pid } = server;
    await server.command("SET", "k", "v");
    await server.kill();
    await expect(server.command("PING")).rejects.toMatchObject(refused);
    await server.restart();
    expect(await command(port, "GET", "k")).toBeNull();
    expect(server.pid).not.toBe(pid);
  });

  it("forgets what it had saved, unless told to keep it", async () => {
    const server = await use(startServer());
    await server.command("SET", "k", "v", "PX", "60000");
    await server.restart({ keepData: true });
    expect(await server.command("GET", "k")).toBe("v");
    expect(await server.command("PTTL", "k")).toBeGreaterThan(0);
    await server.restart();
    expect(await server.command("GET", "k")).toBeNull();
  });

  it("keeps the data of a frozen server too", async () => {
    const server = await use(startServer());
    await server.command("SET", "k", "v");
    server.freeze();
    await server.restart({ keepData: true });
    expect(await server.command("GET", "k")).toBe("v");
  });

  it("keeps after a crash what the append-only file has", async () => {
    const server = await use(startServer({ config: { appendonly: "yes", appendfsync: "always" } }));
    await server.command("SET", "k", "v");
    await server.kill();
    await server.restart({ keepData: true });
    expect(await server.command("GET", "k")).toBe("v");
    await server.restart();
    expect(await server.command("GET", "k")).toBeNull();
  });

  it("comes back on its port while clients keep connecting", async () => {
    const server = await use(startServer());
    await server.kill();
    const knocking = Array.from({ length: 200 }, () => server.command("PING").catch(() => "refused"));
    await server.restart();
    await Promise.all(knocking);
    expect(await server.command("PING")).toBe("PONG");
  });
});

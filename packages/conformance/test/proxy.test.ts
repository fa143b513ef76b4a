import { describe, expect, it } from "vitest";
import { eventually } from "../src/servers/eventually.ts";
import { command, startProxy, startServer } from "../src/servers/index.ts";
import { use } from "./running.ts";
import { peek, pending } from "./unanswered.ts";

describe("startProxy", () => {
  it("passes commands and replies on", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    const long = "x".repeat(300_000);
    expect(await command(proxy.port, "SET", "k", long)).toBe("OK");
    expect(await command(proxy.port, "GET", "k")).toBe(long);
  });

  it("delays each way", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    proxy.delay(100);
    const before = performance.now();
    expect(await command(proxy.port, "PING")).toBe("PONG");
    // Timers may fire a little before their time.
    expect(performance.now() - before).toBeGreaterThan(195);
    proxy.delay(0);
  });

  it("drops a reply to a command that the server has run", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    const dropped = proxy.dropNextReply();
    await expect(command(proxy.port, "SET", "k", "v")).rejects.toThrow(/closed the connection/);
    await dropped;
    expect(await server.command("GET", "k")).toBe("v");
    expect(await command(proxy.port, "GET", "k")).toBe("v");
  });

  it("holds commands, or replies alone, until it is resumed", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    proxy.pause("commands");
    const late = command(proxy.port, "SET", "late", "v");
    expect(await peek(late, server)).toBe(pending);
    expect(await server.command("GET", "late")).toBeNull();
    proxy.resume();
    expect(await late).toBe("OK");

    proxy.pause("replies");
    const unheard = command(proxy.port, "SET", "unheard", "v");
    await eventually("the command has run", async () => (await server.command("GET", "unheard")) === "v");
    expect(await peek(unheard, server)).toBe(pending);
    proxy.resume();
    expect(await unheard).toBe("OK");
  });

  it("cuts what is open and takes new connections", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    proxy.pause();
    const cut = command(proxy.port, "PING");
    const failed = expect(cut).rejects.toThrow(/closed the connection|ECONNRESET/);
    await peek(cut, server);
    proxy.cut();
    await failed;
    proxy.resume();
    expect(await command(proxy.port, "PING")).toBe("PONG");
  });

  it("closes the client's connection when the server is down", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    await server.kill();
    await expect(command(proxy.port, "PING")).rejects.toThrow(/closed the connection|ECONNRESET/);
  });
});

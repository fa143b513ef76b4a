import { describe, expect, it } from "vitest";
import { eventually } from "../src/servers/eventually.ts";
import { startServer } from "../src/servers/index.ts";
import { use } from "./running.ts";

describe("command", () => {
  it("replies with strings, integers, null and arrays, whatever they hold", async () => {
    const server = await use(startServer());
    expect(await server.command("SET", "k", "naïve\r\n✓")).toBe("OK");
    expect(await server.command("GET", "k")).toBe("naïve\r\n✓");
    expect(await server.command("SET", "empty", "")).toBe("OK");
    expect(await server.command("GET", "empty")).toBe("");
    expect(await server.command("STRLEN", "k")).toBe(11);
    expect(await server.command("GET", "none")).toBeNull();
    expect(await server.command("EVAL", "return {1, {'a', false}, {}}", "0")).toEqual([1, ["a", null], []]);
  });

  it("puts a reply together that arrives in many pieces", async () => {
    const server = await use(startServer());
    const long = "ü".repeat(1_000_000);
    await server.command("SET", "long", long);
    expect(await server.command("MGET", "long", "long")).toEqual([long, long]);
  });

  it("rejects with the server's message", async () => {
    const server = await use(startServer());
    await server.command("SET", "k", "v");
    await expect(server.command("LPUSH", "k", "v")).rejects.toThrow(/^WRONGTYPE /);
    await expect(server.command("EVALSHA", "0".repeat(40), "0")).rejects.toThrow(/^NOSCRIPT /);
  });

  it("rejects when the server dies before it replies", async () => {
    const server = await use(startServer());
    const reply = server.command("BLPOP", "nothing", "0");
    const failed = expect(reply).rejects.toThrow(/closed the connection|ECONNRESET/);
    await eventually("BLPOP has arrived", async () =>
      String(await server.command("CLIENT", "LIST")).includes("cmd=blpop"),
    );
    await server.kill();
    await failed;
  });
});

import type { ServerResponse } from "node:http";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { answering } from "./answering.ts";
import { heldTimers } from "./held-timers.ts";

describe("over a server that ends its responses", () => {
  let server: RedisServer;
  let rest: UpstashServer;
  beforeAll(async () => {
    server = await startServer();
    rest = await startUpstash({ redis: server });
  });
  afterAll(async () => {
    await rest.stop();
    await server.stop();
  });

  const endAll = () => server.command("CLIENT", "KILL", "TYPE", "pubsub");

  it("hears what is published after its response has ended, and nothing once it has left", async () => {
    const heard: string[] = [];
    const leave = await upstashNode(rest, { listen: true }).subscribe?.("channel", (text) =>
      heard.push(text),
    );
    const subscribers = () => server.command("PUBSUB", "NUMSUB", "channel");
    for (const message of ["one", "two"]) {
      await endAll();
      await expect.poll(subscribers).toEqual(["channel", 1]);
      await server.command("PUBLISH", "channel", message);
      await expect.poll(() => heard.at(-1)).toBe(message);
    }
    await leave?.();
    await expect.poll(subscribers).toEqual(["channel", 0]);
  });

  it("has a waiter called that was in line before its response ended", async () => {
    // A quarter of it is how long a waiter pauses that counts on a call.
    const options = { expiry: 600_000, timeoutFactor: 0.5 };
    await using redsync = new Redsync(upstashNode(rest, { listen: true }), options);
    const held = await new Redsync(upstashNode(rest), options).mutex("name").lock();
    const waiting = redsync.mutex("name").lock({ timeout: 600_000 });
    await expect.poll(() => server.command("ZCARD", "{name}:queue")).toBe(1);
    const channels = () => server.command("PUBSUB", "CHANNELS", "redsync:*");
    await endAll();
    await expect.poll(channels).toHaveLength(1);
    const started = performance.now();
    await held.unlock();
    const lock = await waiting;
    expect(performance.now() - started).toBeLessThan(100_000);
    await lock.unlock();
  });
});

describe("pauses before it makes a request again", () => {
  const leaving: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const leave of leaving.splice(0)) await leave();
    vi.restoreAllMocks();
  });

  const refuse = (response: ServerResponse) => void response.writeHead(500).end("{}");
  const confirm = (response: ServerResponse) => void response.write("data: subscribe,channel,1\n\n");
  const confirmAndEnd = (response: ServerResponse) => {
    confirm(response);
    response.end();
  };

  /** Listens to a server that does this with one request after another. */
  async function listening(...answers: ((response: ServerResponse) => void)[]) {
    const { pauses } = heldTimers();
    const responses: ServerResponse[] = [];
    const node = await answering((_, response) => answers[responses.push(response) - 1]?.(response));
    const leave = (await node.subscribe?.("channel", () => {})) as () => Promise<void>;
    leaving.push(leave);
    return { pauses, responses, leave };
  }

  it("of a second, each twice as long as the last, half a minute at most, until a response lasts for longer", async () => {
    const failures = Array.from({ length: 5 }, () => refuse);
    const { pauses, responses } = await listening(confirmAndEnd, ...failures, confirmAndEnd, confirm);
    for (let count = 1; count <= 7; count++) {
      await expect.poll(() => pauses.length).toBe(count);
      expect(responses).toHaveLength(count);
      pauses[count - 1]?.end();
    }
    await expect.poll(() => responses.length).toBe(8);
    const present = performance.now() + 31_000;
    vi.spyOn(performance, "now").mockReturnValue(present);
    responses[7]?.end();
    await expect.poll(() => pauses.length).toBe(8);
    expect(pauses.map(({ ms }) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 30, 30, 1]);
  });

  it("and makes none that was never confirmed: whoever subscribed is told, and may try again", async () => {
    const { pauses } = heldTimers();
    const node = await answering((_, response) => refuse(response));
    await expect(node.subscribe?.("channel", () => {})).rejects.toThrow("HTTP 500");
    expect(pauses).toEqual([]);
  });

  it("without keeping the process alive", async () => {
    const { pauses } = await listening(confirmAndEnd);
    await expect.poll(() => pauses.map(({ timer }) => timer.hasRef())).toEqual([false]);
  });

  it("and makes none once it is left", async () => {
    const { pauses, leave } = await listening(confirmAndEnd);
    await expect.poll(() => pauses.length).toBe(1);
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    await leave();
    expect(cleared).toHaveBeenCalledWith(pauses[0]?.timer);
  });

  it.each([
    ["that nobody has answered", () => {}],
    ["that was answered, and not confirmed", (response: ServerResponse) => response.flushHeaders()],
  ])("and ends the request %s when it is left", async (_, answer) => {
    const { pauses, responses, leave } = await listening(confirmAndEnd, answer);
    await expect.poll(() => pauses.length).toBe(1);
    pauses[0]?.end();
    await expect.poll(() => responses.length).toBe(2);
    await leave();
    await expect.poll(() => responses[1]?.destroyed).toBe(true);
    expect(pauses).toHaveLength(1);
  });
});

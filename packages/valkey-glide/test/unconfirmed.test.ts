import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { glideNode } from "@redsync/valkey-glide";
import { GlideClient, Logger } from "@valkey/valkey-glide";
import { describe, it } from "vitest";

// It warns of every error that a server replies with.
Logger.setLoggerConfig("off");

/** A client and a server of its own, and a node over them that listens. */
async function start(channels = "&*") {
  const server = await startServer();
  await server.command("ACL", "SETUSER", "default", "resetchannels", channels);
  const client = await GlideClient.createClient({
    addresses: [{ host: server.host, port: server.port }],
    requestTimeout: 60_000,
    advancedConfiguration: { connectionTimeout: 60_000 },
  });
  const node = glideNode(client, { subscriber: client });
  const heard: string[] = [];
  const listen = (channel: string) => {
    if (node.subscribe === undefined) throw new Error("the node cannot subscribe");
    return node.subscribe(channel, (message) => heard.push(message));
  };
  return {
    server,
    client,
    heard,
    listen,
    async [Symbol.asyncDispose]() {
      client.close();
      await server.stop();
    },
  };
}

const refusals = async (server: RedisServer) => {
  const text = String(await server.command("INFO", "commandstats"));
  return Number(/cmdstat_subscribe:.*rejected_calls=(\d+)/.exec(text)?.[1]);
};

const NOT_CONFIRMED = "the server has not confirmed it within 10000 ms";

describe.concurrent("a channel of which the server says nothing", () => {
  it("is given up where the server refuses it, which is not asked all the time; others are listened to", async ({
    expect,
  }) => {
    await using own = await start("&open*");
    const { server, client, listen, heard } = own;
    const [refused, open] = await Promise.allSettled([listen("channel"), listen("open")]);
    expect(refused).toMatchObject({ status: "rejected", reason: { message: NOT_CONFIRMED } });
    expect(open.status).toBe("fulfilled");
    // GLIDE asks again every five seconds. As long as it waits by itself it does so thousands of times a second.
    expect(await refusals(server)).toBeGreaterThan(0);
    expect(await refusals(server)).toBeLessThan(200);
    const { desiredSubscriptions } = await client.getSubscriptions();
    expect([...(desiredSubscriptions[0] ?? [])]).toEqual(["open"]);

    await server.command("ACL", "SETUSER", "default", "allchannels");
    await listen("channel");
    await server.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["message"]);
  });

  it("is given up while the server is down, and listened to when it is back", async ({ expect }) => {
    await using own = await start();
    const { server, listen, heard } = own;
    const leave = await listen("channel");
    await server.kill();
    await leave().catch(() => {});
    await expect(listen("channel")).rejects.toThrow(NOT_CONFIRMED);
    await server.restart();
    const leaveAgain = await listen("channel");
    await server.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["message"]);
    await leaveAgain();
    expect(await server.command("PUBSUB", "NUMSUB", "channel")).toEqual(["channel", 0]);
  });

  it("is left, though a frozen server does not confirm it", async ({ expect }) => {
    await using own = await start();
    const { server, listen } = own;
    const leave = await listen("channel");
    await server.freeze();
    await expect(leave()).rejects.toThrow(NOT_CONFIRMED);
    await server.thaw();
    await expect.poll(() => server.command("PUBSUB", "NUMSUB", "channel")).toEqual(["channel", 0]);
  });

  it("keeps no process from ending that closes its client", async ({ expect }) => {
    await using own = await start("&open*");
    const program = fileURLToPath(new URL("ending.ts", import.meta.url));
    const child = spawn(
      process.execPath,
      ["--conditions=@redsync/source", program, String(own.server.port)],
      // What does not end by itself is ended, and has no exit code.
      { stdio: ["ignore", "pipe", "ignore"], timeout: 120_000 },
    );
    const said: string[] = [];
    child.stdout.on("data", (data) => said.push(String(data)));
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(said.join("")).toBe("ClosingError\n");
  });
});

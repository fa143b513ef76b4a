import { startProxy, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { until } from "./house.ts";

it("a lock that landed while the connection broke is taken back once the client is connected again", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  const client = new Redis(proxy.port, { maxRetriesPerRequest: 0, enableOfflineQueue: false });
  client.on("error", () => {});
  await until(() => client.status === "ready");
  const redsync = new Redsync(ioredisNode(client), { tries: 1 });
  await (await redsync.mutex("ghost").lock()).unlock();

  const dropped = proxy.dropNextReply();
  await expect(redsync.mutex("ghost").lock()).rejects.toMatchObject({ code: "REDSYNC_LOCK_FAILED" });
  await dropped;
  expect(await server.command("EXISTS", "ghost")).toBe(1);

  await redsync.settled();
  expect(await server.command("EXISTS", "ghost")).toBe(0);
  client.disconnect();
});

it("an unlock that the connection's end swallowed is sent again", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  const client = new Redis(proxy.port, { maxRetriesPerRequest: 0, enableOfflineQueue: false });
  client.on("error", () => {});
  await until(() => client.status === "ready");
  const redsync = new Redsync(ioredisNode(client));
  const lock = await redsync.mutex("swallowed").lock();

  proxy.cut();
  await until(() => client.status !== "ready");
  await expect(lock.unlock()).rejects.toMatchObject({ code: "REDSYNC_UNLOCK_FAILED" });
  await redsync.settled();
  expect(await server.command("EXISTS", "swallowed")).toBe(0);
  client.disconnect();
});

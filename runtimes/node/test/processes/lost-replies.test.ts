import { startProxy, startServer } from "@redsync/conformance/servers";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { timed, until } from "./house.ts";

/** A client that is connected to a server through a proxy, gives commands up when that breaks, and then connects again. */
async function open() {
  const server = await startServer();
  const proxy = await startProxy(server);
  const client = new Redis(proxy.port, { maxRetriesPerRequest: 0, enableOfflineQueue: false });
  client.on("error", () => {});
  const isReady = () => until(() => client.status === "ready");
  await isReady();
  return {
    ...timed([ioredisNode(client)], { tries: 1 }),
    server,
    proxy,
    client,
    isReady,
    async [Symbol.asyncDispose]() {
      client.disconnect();
      await proxy.stop();
      await server.stop();
    },
  };
}

it("a lock that landed while the connection broke is taken back once the client is connected again", async () => {
  await using house = await open();
  const { clock, redsync, server } = house;
  await (await redsync.mutex("ghost").lock()).unlock();

  const dropped = house.proxy.dropNextReply();
  await expect(redsync.mutex("ghost").lock()).rejects.toMatchObject({ code: "REDSYNC_LOCK_FAILED" });
  await dropped;
  expect(await server.command("EXISTS", "ghost")).toBe(1);

  await house.isReady();
  await clock.pass(redsync.settled());
  expect(await server.command("EXISTS", "ghost")).toBe(0);
});

it("an unlock that its client refuses without a connection is sent again once there is one", async () => {
  await using house = await open();
  const { client, clock, redsync, server } = house;
  const lock = await redsync.mutex("refused").lock();

  house.proxy.cut();
  await until(() => client.status !== "ready");
  const unlocking = lock.unlock();
  await house.isReady();
  expect(await clock.pass(unlocking)).toBe("released");
  expect(await server.command("EXISTS", "refused")).toBe(0);
});

it("an unlock that the connection's end swallowed is sent again", async () => {
  await using house = await open();
  const { clock, redsync, server } = house;
  const lock = await redsync.mutex("swallowed").lock();

  house.proxy.pause();
  const unlocking = expect(lock.unlock()).rejects.toMatchObject({ code: "REDSYNC_UNLOCK_FAILED" });
  house.proxy.cut();
  house.proxy.resume();
  await unlocking;
  await house.isReady();
  await clock.pass(redsync.settled());
  expect(await server.command("EXISTS", "swallowed")).toBe(0);
});

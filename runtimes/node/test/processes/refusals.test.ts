import { startServer } from "@redsync/conformance/servers";
import { LockFailedError, NodeError, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { until } from "./house.ts";

/** A server that stands still for seconds is in time. */
const calm = { expiry: 60_000, timeoutFactor: 0.5 };

async function failureOf(client: Redis, name = "refused"): Promise<LockFailedError> {
  const redsync = new Redsync(ioredisNode(client), calm);
  const failure = await redsync
    .mutex(name, { tries: 1 })
    .lock()
    .catch((error: unknown) => error);
  await redsync.settled();
  expect(failure).toBeInstanceOf(LockFailedError);
  return failure as LockFailedError;
}

it("a server out of memory refuses, and the error says OOM and unwraps to the server's words", async () => {
  await using server = await startServer({ config: { "maxmemory-policy": "noeviction" } });
  const client = new Redis(server.port);
  await client.set("ballast", "x".repeat(100_000));
  await server.command("CONFIG", "SET", "maxmemory", "1");

  const failure = await failureOf(client);
  expect(failure.outcomes.map(({ status }) => status)).toEqual(["failed"]);
  expect(failure.message).toMatch(/node 0: refused: OOM /);
  expect(failure.cause).toBeInstanceOf(NodeError);
  expect((failure.cause as NodeError).cause).toMatchObject({ message: expect.stringMatching(/^OOM /) });
  client.disconnect();
});

it.each([false, true])(
  "a lock is extended and unlocked while its server is out of memory (fencing: %s)",
  async (fencing) => {
    await using server = await startServer({ config: { "maxmemory-policy": "noeviction" } });
    const client = new Redis(server.port);
    await client.set("ballast", "x".repeat(100_000));
    const lock = await new Redsync(ioredisNode(client), calm).mutex("full", { fencing }).lock();
    await server.command("CONFIG", "SET", "maxmemory", "1");

    await lock.extend();
    expect(await lock.unlock()).toBe("released");
    client.disconnect();
  },
);

it("a read-only replica refuses, and the error says READONLY", async () => {
  await using primary = await startServer();
  await using replica = await startServer({ config: { replicaof: `127.0.0.1 ${primary.port}` } });
  await until(async () =>
    String(await replica.command("INFO", "replication")).includes("master_link_status:up"),
  );
  const client = new Redis(replica.port);

  expect((await failureOf(client)).message).toMatch(/node 0: refused: READONLY /);
  client.disconnect();
});

it("a name that holds other data is a failure that says WRONGTYPE, and the data stays", async () => {
  await using server = await startServer();
  const client = new Redis(server.port);
  await client.hset("profile", "name", "x");

  expect((await failureOf(client, "profile")).message).toMatch(/node 0: refused: WRONGTYPE /);
  expect(await client.hgetall("profile")).toEqual({ name: "x" });
  client.disconnect();
});

it("a server that wants a password refuses, and no message carries the one that was given", async () => {
  await using server = await startServer({ config: { requirepass: "open-sesame" } });
  const client = new Redis(server.port, { password: "not-the-password", retryStrategy: () => null });
  client.on("error", () => {});

  const failure = await failureOf(client);
  expect(failure.message).toMatch(/node 0: (refused: (NOAUTH|WRONGPASS)|no answer)/);
  expect(failure.message).not.toContain("not-the-password");
  client.disconnect();
});

it("nobody listens: fails at once where the client says so, with the client's reason", async () => {
  // A port that no server of another test is given.
  const client = new Redis(1, { enableOfflineQueue: false, retryStrategy: () => null });
  client.on("error", () => {});

  const failure = await failureOf(client);
  // What the client did not send is refused, whichever of its reasons it has by then.
  expect(failure.message).toMatch(/node 0: refused: .+/);
  expect((failure.cause as NodeError).cause).toBeInstanceOf(Error);
  client.disconnect();
});

import { type RedisServer, startProxy, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { glideNode } from "@redsync/valkey-glide";
import {
  Decoder,
  GlideClient,
  type GlideClientConfiguration,
  Logger,
  ProtocolVersion,
  RequestError,
} from "@valkey/valkey-glide";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

// It warns of every error that a server replies with.
Logger.setLoggerConfig("off");

/** Limits that a machine which stands still for seconds does not meet. */
const calm = { expiry: 60_000, timeoutFactor: 0.5 };

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command("FLUSHALL"));

const open: GlideClient[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function connect(options: Partial<GlideClientConfiguration> = {}): Promise<GlideClient> {
  const { host, port } = server;
  const client = await GlideClient.createClient({
    addresses: [{ host, port }],
    requestTimeout: 60_000,
    advancedConfiguration: { connectionTimeout: 60_000 },
    ...options,
  });
  open.push(client);
  return client;
}

it("has the client behind the node", async () => {
  const client = await connect();
  expect(glideNode(client).client).toBe(client);
});

describe.each([
  ["RESP2", ProtocolVersion.RESP2],
  ["RESP3", ProtocolVersion.RESP3],
])("%s", (_, protocol) => {
  it("gives strings, whatever the client's own decoder is", async () => {
    const node = glideNode(await connect({ protocol, defaultDecoder: Decoder.Bytes }));
    const lock = await new Redsync(node, calm).mutex("name").lock();
    expect(await node.send(["GET", "name"])).toBe(lock.value);
    expect(await node.send(["EVAL", `return {1, "1", false}`, "0"])).toEqual([1, "1", null]);
    expect(await lock.unlock()).toBe("released");
  });

  it.each(
    (
      "ERR EXECABORT LOADING NOSCRIPT MOVED ASK TRYAGAIN CLUSTERDOWN CROSSSLOT MASTERDOWN READONLY NOTBUSY NOPERM " +
      "WRONGTYPE OOM BUSY MISCONF NOREPLICAS NOAUTH WRONGPASS UNKILLABLE MY2ND"
    ).split(" "),
  )("gives the server's error %s its own word back, and GLIDE's error as the cause", async (word) => {
    const node = glideNode(await connect({ protocol }));
    const lua = "return redis.error_reply(ARGV[1])";
    await expect(node.send(["EVAL", lua, "0", `${word} 1: and: more`])).rejects.toMatchObject({
      message: `${word} 1: and: more`,
      cause: expect.any(RequestError),
    });
  });
});

it("gives the client's own errors as they are", async () => {
  const client = await connect({ requestTimeout: 50 });
  await server.freeze();
  await expect(glideNode(client).send(["PING"])).rejects.toMatchObject({ name: "TimeoutError" });
  await server.thaw();
});

it("marks what a closed client refuses as not sent", async () => {
  const client = await connect();
  client.close();
  await expect(glideNode(client).send(["PING"])).rejects.toMatchObject({
    notSent: true,
    closed: true,
    message: expect.stringContaining("the client is closed"),
    cause: { name: "ClosingError" },
  });
  const mutex = new Redsync(glideNode(client), { tries: Number.POSITIVE_INFINITY }).mutex("name");
  await expect(mutex.lock()).rejects.toThrow(/node 0: refused: .*the client is closed/);
});

it("does not mark what is under way when the client is closed, and says why it has no answer", async () => {
  const client = await connect();
  await server.freeze();
  const sending = glideNode(client).send(["PING"]);
  client.close();
  await server.thaw();
  const error = await sending.catch((error) => error);
  expect(error).toMatchObject({
    message: "its client was closed before the answer came",
    cause: { name: "ClosingError" },
  });
  expect(error).not.toHaveProperty("notSent");
});

it("does not send a command again whose reply was lost", async () => {
  const proxy = await startProxy(server);
  const node = glideNode(await connect({ addresses: [{ host: proxy.host, port: proxy.port }] }));
  const [outcome] = await Promise.allSettled([node.send(["RPUSH", "list", "item"]), proxy.dropNextReply()]);
  expect(outcome).toMatchObject({ status: "rejected", reason: { name: "ConnectionError" } });
  await expect.poll(() => node.send(["LLEN", "list"])).toBe(1);
  await proxy.stop();
});

it("asks the primary alone, also where the client prefers replicas for reading", async () => {
  const replica = await startServer({ config: { replicaof: `${server.host} ${server.port}` } });
  await expect.poll(() => replica.command("INFO", "replication")).toContain("link_status:up");
  const addresses = [server, replica].map(({ host, port }) => ({ host, port }));
  const node = glideNode(await connect({ addresses, readFrom: "preferReplica" }));
  const mutex = new Redsync(node, calm).mutex("name");
  const lock = await mutex.lock();
  for (let time = 0; time < 10; time++) await lock.verify();
  for (const word of ["evalsha", "eval"]) {
    expect(await replica.command("INFO", "commandstats")).not.toContain(`cmdstat_${word}:`);
  }
  expect(await server.command("INFO", "commandstats")).toContain("cmdstat_evalsha:");
  expect(await lock.unlock()).toBe("released");
  await replica.stop();
});

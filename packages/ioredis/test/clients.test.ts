import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { Redis as Redis5 } from "ioredis-5";
import { Redis as RedisOfValkey } from "iovalkey";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

/** Limits that a machine which stands still for seconds does not meet. */
const calm = { expiry: 60_000, timeoutFactor: 0.5 };

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command("FLUSHALL"));

describe.each([
  { name: "ioredis 6", connect: (keyPrefix = "") => new Redis(server.port, { keyPrefix }) },
  { name: "ioredis 5", connect: (keyPrefix = "") => new Redis5(server.port, { keyPrefix }) },
  { name: "iovalkey", connect: (keyPrefix = "") => new RedisOfValkey(server.port, { keyPrefix }) },
])("$name", ({ connect }) => {
  const open: { disconnect(): void }[] = [];
  const client = (keyPrefix?: string) => {
    const made = connect(keyPrefix);
    open.push(made);
    return made;
  };
  afterEach(() => {
    for (const each of open.splice(0)) each.disconnect();
  });

  it("honours the client's keyPrefix, for scripts as for commands", async () => {
    const node = ioredisNode(client("app:"));
    const lock = await new Redsync(node, calm).mutex("name").lock();
    expect(await server.command("KEYS", "*")).toEqual(["app:name"]);
    expect(await node.send(["GET", "name"])).toBe(lock.value);
    await lock.extend();
    expect(await lock.unlock()).toBe("released");
    expect(await server.command("DBSIZE")).toBe(0);
  });

  it("sees two key spaces through two prefixes", async () => {
    const one = new Redsync(ioredisNode(client("one:")), calm).mutex("name");
    const two = new Redsync(ioredisNode(client("two:")), calm).mutex("name");
    const [ofOne, ofTwo] = [await one.lock(), await two.lock()];
    expect(await server.command("GET", "one:name")).toBe(ofOne.value);
    expect(await server.command("GET", "two:name")).toBe(ofTwo.value);
    expect(await ofOne.unlock()).toBe("released");
    expect(await server.command("GET", "two:name")).toBe(ofTwo.value);
    expect(await ofTwo.unlock()).toBe("released");
  });

  it("rejects with the client's own ReplyError", async () => {
    const node = ioredisNode(client());
    await node.send(["SET", "name", "text"]);
    await expect(node.send(["RPUSH", "name", "item"])).rejects.toMatchObject({
      name: "ReplyError",
      message: expect.stringMatching(/^WRONGTYPE /),
    });
  });

  it("unsubscribes once, and only when its last listener has left", async () => {
    const subscriber = client();
    const node = ioredisNode(client(), { subscriber });
    const heard: string[] = [];
    const leaveFirst = await node.subscribe?.("channel", (message) => heard.push(`first ${message}`));
    const leaveSecond = await node.subscribe?.("channel", (message) => heard.push(`second ${message}`));
    const subscribers = () => server.command("PUBSUB", "NUMSUB", "channel");
    expect(await subscribers()).toEqual(["channel", 1]);

    await Promise.all([leaveFirst?.(), leaveFirst?.()]);
    await leaveFirst?.();
    expect(await subscribers()).toEqual(["channel", 1]);
    await server.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["second message"]);

    await leaveSecond?.();
    expect(await subscribers()).toEqual(["channel", 0]);
    expect(subscriber.listenerCount("message")).toBe(0);
  });

  it("subscribes again after everybody had left", async () => {
    const node = ioredisNode(client(), { subscriber: client() });
    await (await node.subscribe?.("channel", () => {}))?.();
    const heard: string[] = [];
    await node.subscribe?.("channel", (message) => heard.push(message));
    await server.command("PUBLISH", "channel", "message");
    await expect.poll(() => heard).toEqual(["message"]);
  });

  it("leaves no listener behind where it could not subscribe", async () => {
    const subscriber = client();
    const node = ioredisNode(client(), { subscriber });
    subscriber.disconnect();
    await expect(node.subscribe?.("channel", () => {})).rejects.toThrow();
    expect(subscriber.listenerCount("message")).toBe(0);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { describe, expect, it } from "vitest";
import type { CloserJob, CloserOrder, CloserReport } from "./closer.ts";
import { openHouse, until } from "./house.ts";
import { Program } from "./program.ts";

const NAME = "closing";
/** So long that nothing here ends by it, and that nobody who waits asks by itself: what comes sooner came by a call. */
const LONG_MS = 240_000;
/** Far longer than a busy machine takes, and shorter than a quarter of the expiry, after which a waiter asks by itself. */
const AT_ONCE_MS = 30_000;
/** What the program ends with. */
const STATUS = 7;

type Closer = Program<CloserReport>;

const order = (closer: Closer, order: CloserOrder) => closer.tell({ ...order });

function start(servers: readonly RedisServer[], job: Pick<CloserJob, "role"> & Partial<CloserJob>): Closer {
  const ports = servers.map(({ port }) => port);
  return new Program<CloserReport>("closer.ts", { name: NAME, ports, expiry: LONG_MS, ...job });
}

async function holding(servers: readonly RedisServer[], job: Parameters<typeof start>[1]): Promise<Closer> {
  const closer = start(servers, job);
  await closer.next("holds");
  return closer;
}

/** All keys but those of queues in which nobody waits: such a one remembers for a while which value was released last. */
async function keysOf(servers: readonly RedisServer[]): Promise<string[]> {
  const keys: string[] = [];
  for (const server of servers)
    for (const key of (await server.command("KEYS", "*")) as string[]) {
      const isQueue = key.endsWith(":queue");
      const waiting = isQueue ? ((await server.command("ZRANGE", key, "0", "-1")) as string[]) : [];
      const isForgotten = isQueue && Number(await server.command("PTTL", key)) > 0;
      if (!isForgotten || waiting.some((member) => !member.startsWith("="))) keys.push(key);
    }
  return keys;
}

const channelsOf = async (servers: readonly RedisServer[]) =>
  (await Promise.all(servers.map((server) => server.command("PUBSUB", "CHANNELS")))).flat();

/** Looks at the servers while the clients are still there, and lets the program end. Returns what it reported. */
async function leavesNothing(closer: Closer, servers: readonly RedisServer[]) {
  const closed = await closer.next("closed");
  expect(await keysOf(servers)).toEqual([]);
  expect(await channelsOf(servers)).toEqual([]);
  order(closer, { type: "quit" });
  expect(await closer.ended()).toBe(STATUS);
  return closed;
}

/** Waits until so many processes wait in the queue of the name, on each of these servers. */
const queued = (servers: readonly RedisServer[], count: number) =>
  until(async () =>
    (await Promise.all(servers.map((server) => server.command("ZCARD", `{${NAME}}:queue`)))).every(
      (entries) => entries === count,
    ),
  );

describe.each([1, 3])("on SIGTERM a process that closes its Redsync over %i nodes", (count) => {
  it("lets work under using() end, locks nothing new, and leaves nothing behind", async () => {
    await using house = await openHouse(count);
    await using closer = await holding(house.servers, { role: "works" });
    closer.signal("SIGTERM");
    expect(await closer.next("refused")).toMatchObject({ code: "REDSYNC_CLOSED" });
    expect(await keysOf(house.servers)).toContain(NAME);
    order(closer, { type: "finish" });
    expect(await closer.next("ended")).toMatchObject({ result: "written" });
    const { after } = await leavesNothing(closer, house.servers);
    expect(after).toBeLessThan(LONG_MS);
  });

  it("ends work that does not end in time: its signal aborts, using() rejects, and the key is gone", async () => {
    await using house = await openHouse(count);
    await using closer = await holding(house.servers, { role: "works", timeouts: [500] });
    closer.signal("SIGTERM");
    const { reason, after } = await closer.next("aborted");
    expect(reason).toBe("closed");
    expect(after).toBeGreaterThan(490);
    expect(await closer.next("ended")).toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "closed" });
    await leavesNothing(closer, house.servers);
  });

  it("ends though its work never does, and the next process has the name at once", async () => {
    await using house = await openHouse(count);
    await using closer = await holding(house.servers, { role: "deaf", timeouts: [200] });
    await using next = start(house.servers, { role: "works" });
    await queued(house.servers, 1);
    const began = performance.now();
    closer.signal("SIGTERM");
    await next.next("holds");
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
    await closer.next("closed");
    order(closer, { type: "quit" });
    expect(await closer.ended()).toBe(STATUS);
    next.signal("SIGTERM");
    order(next, { type: "finish" });
    await leavesNothing(next, house.servers);
  });

  it("refuses all who wait in it, and the next process is the next to be called", async () => {
    await using house = await openHouse(count, { expiry: LONG_MS });
    const lock = await house.redsync.mutex(NAME).lock();
    await house.redsync.settled();
    await using closer = start(house.servers, { role: "waits", calls: 3, timeouts: [0] });
    await queued(house.servers, 1);
    await using next = start(house.servers, { role: "works" });
    await queued(house.servers, 2);
    closer.signal("SIGTERM");
    for (let call = 0; call < 3; call++)
      expect(await closer.next("ended")).toMatchObject({ code: "REDSYNC_CLOSED" });
    await closer.next("closed");
    await queued(house.servers, 1);
    expect(await channelsOf(house.servers)).toHaveLength(count);
    order(closer, { type: "quit" });
    expect(await closer.ended()).toBe(STATUS);

    const began = performance.now();
    expect(await lock.unlock()).toBe("released");
    await next.next("holds");
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
    next.signal("SIGTERM");
    order(next, { type: "finish" });
    await leavesNothing(next, house.servers);
  });

  it("renews a lock until the timeout, and never again after that", async () => {
    const expiry = 2_000;
    const timeout = 3 * expiry;
    await using house = await openHouse(count);
    await using closer = await holding(house.servers, { role: "renews", expiry, timeouts: [timeout] });
    closer.signal("SIGTERM");
    const { reason, after } = await closer.next("aborted");
    expect(reason).toBe("closed");
    expect(after).toBeGreaterThan(timeout - 10);
    await closer.next("closed");
    // Longer than it takes to be renewed again: nobody is there to see that this does not happen.
    await new Promise((resolve) => setTimeout(resolve, expiry));
    expect(await keysOf(house.servers)).toEqual([]);
    order(closer, { type: "quit" });
    expect(await closer.ended()).toBe(STATUS);
  });

  it("obeys a second close() that is shorter, with the same promise", async () => {
    await using house = await openHouse(count);
    await using closer = await holding(house.servers, { role: "works", timeouts: [LONG_MS, 300] });
    closer.signal("SIGTERM");
    expect(await closer.next("aborted")).toMatchObject({ reason: "closed" });
    const { after, isOnePromise } = await leavesNothing(closer, house.servers);
    expect(isOnePromise).toBe(true);
    expect(after).toBeLessThan(LONG_MS / 2);
  });

  it("is held by a lock that was adopted, and not by one that was handed over", async () => {
    await using house = await openHouse(count, { expiry: LONG_MS });
    await using heir = start(house.servers, { role: "heir", timeouts: [200] });
    await heir.next("asks");
    const given = await house.redsync.mutex(NAME).lock();
    given.handOver();
    order(heir, { type: "adopt", value: given.value });
    await heir.next("holds");
    await house.redsync.close({ timeout: LONG_MS });
    expect(new Set(await house.values(NAME))).toEqual(new Set([given.value]));

    heir.signal("SIGTERM");
    expect(await heir.next("aborted")).toMatchObject({ reason: "closed" });
    await leavesNothing(heir, house.servers);
  });

  it("adopts nothing any more, and leaves what it was to adopt to its owner", async () => {
    await using house = await openHouse(count, { expiry: LONG_MS });
    await using heir = start(house.servers, { role: "heir" });
    await heir.next("asks");
    const lock = await house.redsync.mutex(NAME).lock();
    await house.redsync.settled();
    heir.signal("SIGTERM");
    await heir.next("closed");
    order(heir, { type: "adopt", value: lock.value });
    expect(await heir.next("ended")).toMatchObject({ code: "REDSYNC_CLOSED" });
    expect(new Set(await house.values(NAME))).toEqual(new Set([lock.value]));
    expect(await lock.unlock()).toBe("released");
    order(heir, { type: "quit" });
    expect(await heir.ended()).toBe(STATUS);
  });
});

describe("a process that closes its Redsync", () => {
  it.each(["ioredis 6", "ioredis 5", "node-redis"] as const)(
    "listens to nothing any more through %s, though it has waited and been called",
    async (through) => {
      await using house = await openHouse(1, { expiry: LONG_MS });
      const lock = await house.redsync.mutex(NAME).lock();
      await using closer = start(house.servers, { role: "works", timeouts: [0], through });
      await queued(house.servers, 1);
      const began = performance.now();
      await lock.unlock();
      await closer.next("holds");
      expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
      expect(await channelsOf(house.servers)).toHaveLength(1);
      closer.signal("SIGTERM");
      await leavesNothing(closer, house.servers);
    },
  );

  it("inside of using(), which it does not wait for there, ends when the work has", async () => {
    await using house = await openHouse(3);
    await using closer = await holding(house.servers, { role: "inside" });
    closer.signal("SIGTERM");
    order(closer, { type: "finish" });
    expect(await closer.next("ended")).toMatchObject({ result: "written" });
    await leavesNothing(closer, house.servers);
  });

  it.each(["freeze", "kill"] as const)(
    "while all nodes are down (%s) is closed within two expiries after its timeout",
    async (way) => {
      const expiry = 3_000;
      const timeout = 500;
      await using house = await openHouse(3);
      await using closer = await holding(house.servers, { role: "renews", expiry, timeouts: [timeout] });
      for (const server of house.servers) await server[way]();
      closer.signal("SIGTERM");
      const { after } = await closer.next("closed");
      // And two seconds for timers that are late.
      expect(after).toBeLessThan(timeout + 2 * expiry + 2_000);
      order(closer, { type: "quit" });
      expect(await closer.ended()).toBe(STATUS);
    },
  );

  it("while one node of three is frozen leaves the others at once, and that one when it goes on", async () => {
    const expiry = 6_000;
    await using house = await openHouse(3);
    const [silent, ...others] = house.servers as [RedisServer, RedisServer, RedisServer];
    await using closer = await holding(house.servers, { role: "renews", expiry, timeouts: [0] });
    silent.freeze();
    closer.signal("SIGTERM");
    await closer.next("aborted");
    await until(async () => (await keysOf(others)).length === 0);
    silent.thaw();
    await leavesNothing(closer, house.servers);
  });
});

it("a client that is closed under those who wait ends their waiting, and the process", async () => {
  await using house = await openHouse(3, { expiry: LONG_MS });
  const lock = await house.redsync.mutex(NAME).lock();
  // They find out when they ask by themselves, after a quarter of their expiry.
  await using closer = start(house.servers, { role: "waits", calls: 3, expiry: 8_000, onlyClients: true });
  await queued(house.servers, 1);
  closer.signal("SIGTERM");
  for (let call = 0; call < 3; call++)
    expect(await closer.next("ended")).toMatchObject({ code: "REDSYNC_LOCK_FAILED" });
  expect(await closer.ended()).toBe(STATUS);
  expect(await lock.unlock()).toBe("released");
});

it("a script whose Redsync ends with its scope ends by itself, and leaves nothing behind", async () => {
  await using server = await startServer();
  const program = fileURLToPath(new URL("script.ts", import.meta.url));
  const child = spawn(process.execPath, [program, `${server.port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const [status] = await once(child, "close");
  expect(output.split("\n")).toEqual(["1,2,3", "closed", "0 0", ""]);
  expect(status).toBe(3);
});

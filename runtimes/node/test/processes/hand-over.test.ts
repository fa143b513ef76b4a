import { type RedisServer, startServer } from "@redsync/conformance/servers";
import type { Lock } from "@redsync/core";
import { describe, expect, it } from "vitest";
import type { Estate, HeirJob, HeirReport } from "./heir.ts";
import { type House, openHouse, until } from "./house.ts";
import { Program } from "./program.ts";

/** The heir's: it extends the lock every 2 s, and may stand still for 4 s. */
const EXPIRY_MS = 6_000;
const NAME = "handed";

const mutexOf = ({ redsync }: House) => redsync.mutex(NAME, { fencing: true });

function heirOf({ servers }: House, more: Partial<HeirJob> = {}): Program<HeirReport> {
  const ports = servers.map(({ port }) => port);
  const job: HeirJob = { name: NAME, ports, expiry: EXPIRY_MS, ...more };
  return new Program<HeirReport>("heir.ts", { ...job });
}

const isHeld = async (house: House, value: string) =>
  (await house.values(NAME)).filter((found) => found === value).length >= 2;

/** Passes a lock on in its own way, by the function it is given. */
type Give = (pass: (estate: Estate) => unknown) => Promise<void>;

async function byMessage(house: House, give: Give, expiry = EXPIRY_MS): Promise<Program<HeirReport>> {
  const heir = heirOf(house, { expiry });
  await heir.next("ready");
  await give((estate) => heir.tell({ ...estate }));
  return heir;
}

async function byQueue(house: House, give: Give, server: RedisServer): Promise<Program<HeirReport>> {
  const heir = heirOf(house, { queue: { port: server.port, key: "estates" } });
  await give((estate) => server.command("RPUSH", "estates", JSON.stringify(estate)));
  return heir;
}

describe.each(["a message to a child process", "a queue in Redis"])("a lock handed over by %s", (way) => {
  it("stays held when the giver's using() ends, is renewed by the heir, keeps its token, and is unlocked by the heir", async () => {
    await using house = await openHouse(3);
    await using server = await startServer();
    let given: Lock<true> | undefined;
    const give = (pass: (estate: Estate) => unknown) =>
      mutexOf(house).using(async (lock) => {
        given = lock;
        lock.handOver();
        await pass({ value: lock.value, token: lock.token });
      });
    await using heir = await (way.includes("queue") ? byQueue(house, give, server) : byMessage(house, give));
    const { value, token } = given as unknown as Lock<true>;

    expect(await heir.next("adopted")).toMatchObject({ value, token });
    await heir.next("extended");
    expect(await isHeld(house, value)).toBe(true);
    expect(await mutexOf(house).tryLock()).toBeNull();
    heir.tell("unlock");
    expect(await heir.next("unlocked")).toMatchObject({ result: "released" });
    expect(await heir.ended()).toBe(0);
    const next = await mutexOf(house).lock();
    expect(next.token).toBeGreaterThan(token);
    await next.unlock();
  });
});

describe("a lock that was handed over", () => {
  async function handed(house: House, expiry?: number): Promise<Program<HeirReport>> {
    const give = async (pass: (estate: Estate) => unknown) => {
      await using lock = await mutexOf(house).lock();
      lock.handOver();
      await pass({ value: lock.value, token: lock.token });
    };
    const heir = await byMessage(house, give, expiry);
    await heir.next("adopted");
    return heir;
  }

  it("expires when the heir dies", async () => {
    await using house = await openHouse(3, { tries: Number.POSITIVE_INFINITY });
    await using heir = await handed(house, 2_000);
    await heir.kill();

    // Of the minute that the giver asked for the heir has left two seconds.
    const next = await mutexOf(house).lock({ timeout: 30_000 });
    expect(await next.unlock()).toBe("released");
  });

  it("expires when nobody adopts it", async () => {
    const expiry = 2_000;
    await using house = await openHouse(3, { expiry, autoExtend: true });
    const since = performance.now();
    {
      await using lock = await mutexOf(house).lock();
      lock.handOver();
    }
    await until(async () => (await house.values(NAME)).every((value) => value === null));
    // And was not unlocked before.
    expect(performance.now() - since).toBeGreaterThan(expiry - 10);
  });

  it("tells the heir that it is lost", async () => {
    await using house = await openHouse(3);
    await using heir = await handed(house);
    for (const server of house.servers) await server.command("SET", NAME, "somebody else's");

    expect(await heir.next("lost")).toMatchObject({ reason: "taken" });
  });
});

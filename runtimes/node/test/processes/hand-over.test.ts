import { type RedisServer, startServer } from "@redsync/conformance/servers";
import type { Lock } from "@redsync/core";
import { describe, expect, it } from "vitest";
import type { Estate, HeirJob, HeirReport } from "./heir.ts";
import { type House, openHouse, until } from "./house.ts";
import { Program } from "./program.ts";

const EXPIRY_MS = 1_000;
const NAME = "handed";

const openFenced = () => openHouse(3, { expiry: EXPIRY_MS, timeoutFactor: 0.3 });
const mutexOf = ({ redsync }: House) => redsync.mutex(NAME, { fencing: true });

function heirOf({ servers }: House, queue?: HeirJob["queue"]): Program<HeirReport> {
  const job: HeirJob = {
    name: NAME,
    ports: servers.map(({ port }) => port),
    expiry: EXPIRY_MS,
    ...(queue && { queue }),
  };
  return new Program<HeirReport>("heir.ts", { ...job });
}

const isHeld = async (house: House, value: string) =>
  (await house.values(NAME)).filter((found) => found === value).length >= 2;

/** Longer than the giver's lock would live. */
const past = () => new Promise((resolve) => setTimeout(resolve, 2 * EXPIRY_MS));

/** Passes a lock on in its own way, by the function it is given. */
type Give = (pass: (estate: Estate) => unknown) => Promise<void>;

async function byMessage(house: House, give: Give): Promise<Program<HeirReport>> {
  const heir = heirOf(house);
  await heir.next("ready");
  await give((estate) => heir.tell({ ...estate }));
  return heir;
}

async function byQueue(house: House, give: Give, server: RedisServer): Promise<Program<HeirReport>> {
  const heir = heirOf(house, { port: server.port, key: "estates" });
  await give((estate) => server.command("RPUSH", "estates", JSON.stringify(estate)));
  return heir;
}

describe.each(["a message to a child process", "a queue in Redis"])("a lock handed over by %s", (way) => {
  it("stays held when the giver's using() ends, is renewed by the heir, keeps its token, and is unlocked by the heir", async () => {
    await using house = await openFenced();
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
    await past();
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
  async function handed(house: House): Promise<Program<HeirReport>> {
    const give = async (pass: (estate: Estate) => unknown) => {
      await using lock = await mutexOf(house).lock();
      lock.handOver();
      await pass({ value: lock.value, token: lock.token });
    };
    const heir = await byMessage(house, give);
    await heir.next("adopted");
    return heir;
  }

  it("expires when the heir dies", async () => {
    await using house = await openFenced();
    await using heir = await handed(house);
    await past();
    expect(await house.values(NAME)).not.toContain(null);
    await heir.kill();

    const next = await mutexOf(house).lock({ timeout: 10_000 });
    expect(await next.unlock()).toBe("released");
  });

  it("expires when nobody adopts it", async () => {
    await using house = await openFenced();
    {
      await using lock = await mutexOf(house).lock();
      lock.handOver();
    }
    expect(await house.values(NAME)).not.toContain(null);
    await until(async () => (await house.values(NAME)).every((value) => value === null));
  });

  it("tells the heir that it is lost", async () => {
    await using house = await openFenced();
    await using heir = await handed(house);
    for (const server of house.servers) await server.command("SET", NAME, "somebody else's");

    expect(await heir.next("lost")).toMatchObject({ reason: "taken" });
  });
});

import { expect, it } from "vitest";
import { type House, openHouse } from "./house.ts";

// So long that no lock ends by itself here, however slow the machine is.
const defaults = { expiry: 120_000 };

const deleteByHand = ({ servers }: House, name: string) =>
  Promise.all(servers.map((server) => server.command("DEL", name)));

it("a key that was deleted by hand: unlock() says released, also where somebody else came and went in between", async () => {
  await using house = await openHouse(3, defaults);
  const mutex = house.redsync.mutex("deleted");
  const lock = await mutex.lock();
  await house.redsync.settled();
  await deleteByHand(house, "deleted");
  const other = await mutex.lock();
  expect(await other.unlock()).toBe("released");
  await house.redsync.settled();

  expect(lock.remaining()).toBeGreaterThan(0);
  expect(await lock.unlock()).toBe("released");
});

it("a key that was deleted by hand: unlock() says taken while somebody else holds the name, and leaves it there", async () => {
  await using house = await openHouse(3, defaults);
  const mutex = house.redsync.mutex("deleted");
  const lock = await mutex.lock();
  await house.redsync.settled();
  await deleteByHand(house, "deleted");
  const other = await mutex.lock();

  expect(await lock.unlock()).toBe("taken");
  await other.verify();
});

it.each(["extend", "verify"] as const)(
  "a key that was deleted by hand: %s() finds the loss, also where somebody else came and went in between",
  async (ask) => {
    await using house = await openHouse(3, defaults);
    const mutex = house.redsync.mutex("deleted");
    const lock = await mutex.lock();
    await house.redsync.settled();
    await deleteByHand(house, "deleted");
    await (await mutex.lock()).unlock();
    await house.redsync.settled();

    await expect(lock[ask]()).rejects.toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "expired" });
    expect(lock.signal.aborted).toBe(true);
  },
);

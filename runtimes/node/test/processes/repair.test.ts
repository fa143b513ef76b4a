import type { RedsyncEvent } from "@redsync/core";
import { expect, it } from "vitest";
import { openTimedHouse } from "./house.ts";

const EXPIRY_MS = 60_000;
/** When a lock extends itself, and a little more. */
const PERIOD_MS = EXPIRY_MS / 3 + 1;

it("a node restarted empty is given a renewing lock again, and two more may die then: the lock is still held", async () => {
  const events: RedsyncEvent[] = [];
  await using house = await openTimedHouse(5, {
    expiry: EXPIRY_MS,
    autoExtend: true,
    onEvent: (event) => events.push(event),
  });
  const { clock } = house;
  const lock = await house.redsync.mutex("repaired").lock();
  const { signal } = lock;

  await house.lose(0, "kill");
  await house.regain(0, "restart");
  await clock.advance(PERIOD_MS);
  expect(events.filter(({ type }) => type === "repaired")).toMatchObject([{ name: "repaired", node: 0 }]);
  expect(await house.values("repaired")).toEqual(house.servers.map(() => lock.value));
  await house.lose(1, "kill");
  await house.lose(2, "kill");

  await clock.pass(lock.verify());
  // And it goes on: an expiry later, by extensions of these three alone.
  const before = lock.until.getTime();
  await clock.advance(EXPIRY_MS);
  expect(lock.until.getTime()).toBeGreaterThanOrEqual(before + EXPIRY_MS / 2);
  await clock.pass(lock.verify());
  expect(signal.aborted).toBe(false);
  const survivors = [0, 3, 4].flatMap((server) => house.servers[server] ?? []);
  expect(await house.values("repaired", survivors)).toEqual(survivors.map(() => lock.value));
  expect(await clock.pass(lock.unlock())).toBe("released");
});

it("a repaired node has the lock's token too", async () => {
  const events: RedsyncEvent[] = [];
  await using house = await openTimedHouse(3, {
    expiry: EXPIRY_MS,
    autoExtend: true,
    onEvent: (event) => events.push(event),
  });
  const { clock } = house;
  const lock = await house.redsync.mutex("fenced", { fencing: true }).lock();
  await house.lose(0, "kill");
  await house.regain(0, "restart");
  await clock.advance(PERIOD_MS);
  expect(events.some(({ type }) => type === "repaired")).toBe(true);

  expect((await house.values("{fenced}:fence")).map(Number)).toEqual([lock.token, lock.token, lock.token]);
  expect(await clock.pass(lock.unlock())).toBe("released");
});

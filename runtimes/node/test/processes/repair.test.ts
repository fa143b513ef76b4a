import type { RedsyncEvent } from "@redsync/core";
import { expect, it } from "vitest";
import { openHouse, until } from "./house.ts";

it("a node restarted empty is given a renewing lock again, and two more may die then: the lock is still held", {
  timeout: 60_000,
}, async () => {
  const events: RedsyncEvent[] = [];
  await using house = await openHouse(5, {
    expiry: 1_500,
    timeoutFactor: 0.2,
    autoExtend: true,
    onEvent: (event) => events.push(event),
  });
  const [empty, second, third, ...others] = house.servers;
  const lock = await house.redsync.mutex("repaired").lock();
  const { signal } = lock;

  await empty?.restart();
  await until(() => events.some(({ type }) => type === "repaired"));
  expect(events.filter(({ type }) => type === "repaired")).toMatchObject([{ name: "repaired", node: 0 }]);
  expect(await house.values("repaired")).toEqual(house.servers.map(() => lock.value));
  await Promise.all([second, third].map((server) => server?.kill()));

  await lock.verify();
  // And it goes on: an expiry later, by extensions of these three alone.
  const later = Date.now() + 1_500;
  await until(() => lock.until.getTime() > later);
  await lock.verify();
  expect(signal.aborted).toBe(false);
  const survivors = [empty, ...others].flatMap((server) => server ?? []);
  expect(await house.values("repaired", survivors)).toEqual(survivors.map(() => lock.value));
  expect(await lock.unlock()).toBe("released");
});

it("a repaired node has the lock's token too", { timeout: 60_000 }, async () => {
  const events: RedsyncEvent[] = [];
  await using house = await openHouse(3, {
    expiry: 1_500,
    timeoutFactor: 0.2,
    autoExtend: true,
    onEvent: (event) => events.push(event),
  });
  const lock = await house.redsync.mutex("fenced", { fencing: true }).lock();
  await house.servers[0]?.restart();
  await until(() => events.some(({ type }) => type === "repaired"));

  expect((await house.values("{fenced}:fence")).map(Number)).toEqual([lock.token, lock.token, lock.token]);
  expect(await lock.unlock()).toBe("released");
});

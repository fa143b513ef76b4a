import { LockFailedError, LockLostError, NodeError } from "@redsync/core";
import { describe, expect, it } from "vitest";
import { openHouse, until } from "./house.ts";

type Way = { readonly name: string; lose: "freeze" | "kill"; regain: "thaw" | "restart" };
const ways: readonly Way[] = [
  { name: "stopped", lose: "freeze", regain: "thaw" },
  { name: "killed", lose: "kill", regain: "restart" },
];

describe.each(ways)("nodes that are $name", ({ lose, regain }) => {
  it("one of three: locks, extends and unlocks, and the node votes again when it is back", async () => {
    await using house = await openHouse(3, { expiry: 1_000 });
    const [first, ...others] = house.servers;
    const mutex = house.redsync.mutex("one-lost");
    await (await mutex.lock()).unlock();
    await first?.[lose]();

    const lock = await mutex.lock();
    expect(await house.values("one-lost", others)).toEqual([lock.value, lock.value]);
    await lock.extend();
    await lock.verify();
    expect(await lock.unlock()).toBe("released");

    await first?.[regain]();
    await house.redsync.settled();
    await until(async () => {
      const again = await mutex.lock();
      const found = await house.values("one-lost");
      await again.unlock();
      return found.every((value) => value === again.value);
    });
    await house.redsync.settled();
    expect(await house.values("one-lost")).toEqual([null, null, null]);
  });

  it("two of three: fails within a round's deadline, as a failure and not as contention, and leaves no key", async () => {
    await using house = await openHouse(3, { expiry: 1_000, tries: 2 });
    const [first, second, third] = house.servers;
    const mutex = house.redsync.mutex("two-lost");
    await (await mutex.lock()).unlock();
    await first?.[lose]();
    await second?.[lose]();

    const failure = await mutex.lock().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LockFailedError);
    const { outcomes, message } = failure as LockFailedError;
    expect(outcomes.map(({ status }) => status)).toEqual(["unknown", "unknown", "granted"]);
    expect(message).toContain("node 0");
    expect(message).toContain("1 of 3 nodes granted it and 2 must");
    await expect(mutex.tryLock()).rejects.toBeInstanceOf(LockFailedError);

    await house.redsync.settled();
    expect(await third?.command("GET", "two-lost")).toBeNull();
    await first?.[regain]();
    await second?.[regain]();
    await until(async () => (await mutex.tryLock().catch(() => null))?.unlock().then(() => true) ?? false);
    await house.redsync.settled();
    await until(async () => (await house.values("two-lost")).every((value) => value === null));
  });

  it("all of three: says so for each of them, and works again when they are back", async () => {
    await using house = await openHouse(3, { expiry: 1_000, tries: 1 });
    const mutex = house.redsync.mutex("all-lost");
    const held = await mutex.lock();
    await Promise.all(house.servers.map((server) => server[lose]()));

    const failure = await mutex.lock().catch((error: unknown) => error);
    expect((failure as LockFailedError).outcomes.map((one) => "error" in one && one.error)).toEqual([
      expect.any(NodeError),
      expect.any(NodeError),
      expect.any(NodeError),
    ]);
    await expect(held.extend()).rejects.toMatchObject({ code: "REDSYNC_EXTEND_FAILED" });
    await expect(held.verify()).rejects.toMatchObject({ code: "REDSYNC_LOCK_FAILED" });
    await until(() => held.remaining() === 0);
    await expect(held.extend()).rejects.toBeInstanceOf(LockLostError);

    await Promise.all(house.servers.map((server) => server[regain]()));
    await until(async () => (await mutex.tryLock().catch(() => null))?.unlock().then(() => true) ?? false);
    await house.redsync.settled();
    await until(async () => (await house.values("all-lost")).every((value) => value === null));
  });
});

it("a server restarted empty between lock and unlock has neither data nor scripts, and does no harm", async () => {
  await using house = await openHouse(3);
  const mutex = house.redsync.mutex("restarted");
  const lock = await mutex.lock();
  const [first] = house.servers;
  await first?.restart();
  await until(() => house.clients[0]?.status === "ready");

  expect(await house.values("restarted")).toEqual([null, lock.value, lock.value]);
  await lock.extend();
  await house.redsync.settled();
  expect(await house.values("restarted")).toEqual([lock.value, lock.value, lock.value]);
  expect(await lock.unlock()).toBe("released");
  const next = await mutex.lock();
  expect(await house.values("restarted")).toEqual([next.value, next.value, next.value]);
  expect(await next.unlock()).toBe("released");
});

it("all servers restarted empty: the holder is told that the lock is lost", async () => {
  await using house = await openHouse(3);
  const lock = await house.redsync.mutex("forgotten").lock();
  await Promise.all(house.servers.map((server) => server.restart()));
  await until(() => house.clients.every(({ status }) => status === "ready"));

  await expect(lock.extend()).rejects.toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "expired" });
  await expect(lock.extend()).rejects.toMatchObject({ code: "REDSYNC_LOCK_LOST" });
});

it("SCRIPT FLUSH in the middle goes unnoticed", async () => {
  await using house = await openHouse(1);
  const lock = await house.redsync.mutex("flushed").lock();
  await house.servers[0]?.command("SCRIPT", "FLUSH");
  await lock.extend();
  await house.servers[0]?.command("SCRIPT", "FLUSH");
  expect(await lock.unlock()).toBe("released");
});

import { LockFailedError, LockLostError, NodeError } from "@redsync/core";
import { describe, expect, it } from "vitest";
import { openHouse, openTimedHouse, until, type Way } from "./house.ts";

const ways: readonly (Way & { readonly name: string })[] = [
  { name: "stopped", lose: "freeze", regain: "thaw" },
  { name: "killed", lose: "kill", regain: "restart" },
];

describe.each(ways)("nodes that are $name", ({ lose, regain }) => {
  it("one of three: locks, extends and unlocks, and the node votes again when it is back", async () => {
    await using house = await openTimedHouse(3);
    const { clock, redsync } = house;
    const others = house.servers.slice(1);
    const mutex = redsync.mutex("one-lost");
    await (await mutex.lock()).unlock();
    await house.lose(0, lose);

    const lock = await clock.pass(mutex.lock());
    expect(await house.values("one-lost", others)).toEqual([lock.value, lock.value]);
    await clock.pass(lock.extend());
    await clock.pass(lock.verify());
    expect(await clock.pass(lock.unlock())).toBe("released");

    await house.regain(0, regain);
    await clock.pass(redsync.settled());
    const again = await clock.pass(mutex.lock());
    expect(await house.values("one-lost")).toEqual([again.value, again.value, again.value]);
    expect(await clock.pass(again.unlock())).toBe("released");
    await clock.pass(redsync.settled());
    expect(await house.values("one-lost")).toEqual([null, null, null]);
  });

  it("two of three: fails within a round's deadline, as a failure and not as contention, and leaves no key", async () => {
    await using house = await openTimedHouse(3, { tries: 2 });
    const { clock, redsync } = house;
    const [, , third] = house.servers;
    const mutex = redsync.mutex("two-lost");
    await (await mutex.lock()).unlock();
    await house.lose(0, lose);
    await house.lose(1, lose);

    const failure = await clock.pass(mutex.lock()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LockFailedError);
    const { outcomes, message } = failure as LockFailedError;
    expect(outcomes.map(({ status }) => status)).toEqual(["unknown", "unknown", "ok"]);
    expect(message).toContain("node 0");
    expect(message).toContain("1 of 3 nodes granted it, and 2 must");
    await expect(clock.pass(mutex.tryLock())).rejects.toBeInstanceOf(LockFailedError);
    expect(await third?.command("GET", "two-lost")).toBeNull();

    await house.regain(0, regain);
    await house.regain(1, regain);
    await clock.pass(redsync.settled());
    const lock = await clock.pass(mutex.lock());
    expect(await clock.pass(lock.unlock())).toBe("released");
    await clock.pass(redsync.settled());
    expect(await house.values("two-lost")).toEqual([null, null, null]);
  });

  it("all of three: says so for each of them, and works again when they are back", async () => {
    await using house = await openTimedHouse(3, { tries: 1 });
    const { clock, redsync } = house;
    const mutex = redsync.mutex("all-lost");
    const held = await mutex.lock();
    await Promise.all([0, 1, 2].map((server) => house.lose(server, lose)));

    const failure = await clock.pass(mutex.lock()).catch((error: unknown) => error);
    expect((failure as LockFailedError).outcomes.map((one) => "error" in one && one.error)).toEqual([
      expect.any(NodeError),
      expect.any(NodeError),
      expect.any(NodeError),
    ]);
    await expect(clock.pass(held.extend())).rejects.toMatchObject({ code: "REDSYNC_EXTEND_FAILED" });
    await expect(clock.pass(held.verify())).rejects.toMatchObject({ code: "REDSYNC_LOCK_FAILED" });
    await clock.advance(held.remaining());
    await expect(held.extend()).rejects.toBeInstanceOf(LockLostError);

    await Promise.all([0, 1, 2].map((server) => house.regain(server, regain)));
    await clock.pass(redsync.settled());
    // Its key may be there yet: on the servers its time has not run out.
    await clock.pass(held.unlock());
    const lock = await clock.pass(mutex.lock());
    expect(await clock.pass(lock.unlock())).toBe("released");
    await clock.pass(redsync.settled());
    expect(await house.values("all-lost")).toEqual([null, null, null]);
  });
});

it("a server restarted empty between lock and unlock has neither data nor scripts, and does no harm", async () => {
  await using house = await openHouse(3);
  const mutex = house.redsync.mutex("restarted");
  const lock = await mutex.lock();
  await house.redsync.settled();
  const [first] = house.servers;
  await first?.restart();
  await until(() => house.clients[0]?.status === "ready");

  expect(await house.values("restarted")).toEqual([null, lock.value, lock.value]);
  await lock.extend();
  await house.redsync.settled();
  expect(await house.values("restarted")).toEqual([lock.value, lock.value, lock.value]);
  expect(await lock.unlock()).toBe("released");
  const next = await mutex.lock();
  await house.redsync.settled();
  expect(await house.values("restarted")).toEqual([next.value, next.value, next.value]);
  expect(await next.unlock()).toBe("released");
});

it("all servers restarted empty: the holder is told that the lock is lost", async () => {
  await using house = await openHouse(3);
  const lock = await house.redsync.mutex("forgotten").lock();
  await house.redsync.settled();
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

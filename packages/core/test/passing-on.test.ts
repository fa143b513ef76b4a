import { describe, expect, it } from "vitest";
import { HandClock } from "./hand-clock.ts";
import { gate, opened, openedOne, watched } from "./queue-node.ts";

describe("a name that is unlocked goes to the next of its process at once", () => {
  it("also if who unlocks has left the line out by `fair: false`", async () => {
    const { clock, mine } = await openedOne({ expiry: 60_000 });
    const held = await mine.mutex("job", { fair: false }).lock();
    const next = watched(mine.mutex("job").lock({ timeout: 60_000 }));
    await clock.advance(50);
    await held.unlock();
    await clock.advance(0);
    expect(next.value?.name).toBe("job");
  });

  it("also if a node is sent the release later, behind an acquire that is still under way there", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 3);
    const [, dead, slow] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]];
    const mine = redsyncOf("mine", { expiry: 60_000, retryDelay: 30_000 });
    const answered = gate();
    slow.after = ([question]) => (question?.operation === "acquire" ? answered.promise : undefined);
    const held = await mine.mutex("job").lock();
    const next = watched(mine.mutex("job").lock({ timeout: 60_000 }));
    await clock.advance(50);
    dead.refuse = () => new Error("gone");
    const unlocking = held.unlock();
    await clock.advance(50);
    slow.after = () => undefined;
    answered.resolve();
    await clock.advance(50);
    expect(await unlocking).toBe("released");
    expect(next.value?.name).toBe("job");
  });
});

it("an unlock of a lock that has expired is no release because another lock was released behind it", async () => {
  const { clock, mine } = await openedOne({ expiry: 100 });
  const mutex = mine.mutex("job");
  const late = await mutex.lock();
  await clock.advance(150);
  const held = await mutex.lock();
  const [first, second, next] = await Promise.all([late.unlock(), held.unlock(), mutex.lock()]);
  expect([first, second]).toEqual(["taken", "released"]);
  expect(await next.unlock()).toBe("released");
});

it("a lock that was valid when unlock() was called was released, also if an extension beside it took long", async () => {
  const { clock, node, mine } = await openedOne({ expiry: 300 });
  const lock = await mine.mutex("job").lock();
  await clock.advance(265);
  expect(lock.remaining()).toBeGreaterThan(0);
  const hanging = gate();
  node.before = ([question]) => (question?.operation === "extend" ? hanging.promise : undefined);
  const extending = watched(lock.extend());
  const unlocking = watched(lock.unlock());
  await clock.advance(1_000);
  expect(extending.error).toBeDefined();
  expect(unlocking.value).toBe("released");
  hanging.resolve();
});

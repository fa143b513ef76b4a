import { describe, expect, it } from "vitest";
import { ClosedError, type Mutex, type MutexOptions, type Redsync } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { gate, opened, openedOne, watched, wordsOf } from "./queue-node.ts";

/** Nothing waits and nothing is held: the clock has to go on all the same. */
async function closed(clock: HandClock, redsync: Redsync): Promise<void> {
  const closing = redsync.close();
  await clock.advance(1);
  await closing;
}

describe("close() waits until what was begun before has ended", () => {
  /** A release whose reply is still to come, and a close() that waits for it. */
  async function closingBesideRelease() {
    const { clock, node, mine } = await openedOne();
    const short = await mine.mutex("short", { expiry: 100 }).lock();
    const lock = await mine.mutex("job").lock();
    await clock.advance(150);
    const slow = gate();
    node.after = ([question]) => (question?.name === "job" ? slow.promise : undefined);
    const unlocking = lock.unlock();
    const closing = watched(mine.close().then(() => "closed"));
    await clock.advance(10);
    return { clock, mine, short, slow, unlocking, closing };
  }

  it.each<[what: string, happens: (at: Awaited<ReturnType<typeof closingBesideRelease>>) => unknown]>([
    ["nothing else happens", () => {}],
    ["it is called again", ({ mine }) => void mine.close()],
    ["a lock that has expired is unlocked", ({ short }) => short.unlock()],
  ])("also if %s", async (_, happens) => {
    const at = await closingBesideRelease();
    const happening = happens(at);
    // Longer than anything else takes, and shorter than the release may.
    await at.clock.advance(300);
    expect(at.closing.value).toBeUndefined();
    at.slow.resolve();
    expect(await at.unlocking).toBe("released");
    await happening;
    await at.clock.advance(10);
    expect(at.closing.value).toBe("closed");
    expect(at.clock.timers.size).toBe(0);
  });

  it("though for two expiries at most, however long they are", async () => {
    const { clock, node, mine } = await openedOne({ expiry: 2 ** 31 - 1, autoExtend: false });
    const lock = await mine.mutex("job").lock();
    node.after = () => new Promise(() => {});
    lock.unlock().catch(() => {});
    mine.close();
    await clock.advance(10);
    const longest = Math.max(...[...clock.timers].map(({ due }) => due - clock.time));
    expect(longest).toBeLessThanOrEqual(2 ** 31 - 1);
  });
});

describe("close() ends a lock that ran out, and is extended all the same", () => {
  /** An extension that is answered when the lock has run out. */
  async function extendedLate(options: MutexOptions = {}) {
    const { clock, node, mine } = await openedOne({ expiry: 1_000, timeoutFactor: 0.5, ...options });
    const lock = await mine.mutex("job").lock();
    await clock.advance(900);
    const slow = gate();
    node.after = ([question]) => (question?.value === lock.value ? slow.promise : undefined);
    const extending = watched(lock.extend().then(() => "extended"));
    await clock.advance(1);
    const answer = async () => {
      node.after = () => undefined;
      slow.resolve();
      await clock.advance(10);
    };
    return { clock, node, mine, lock, extending, answer };
  }

  it("before it is called", async () => {
    const { clock, node, mine, lock, extending, answer } = await extendedLate();
    await clock.advance(150);
    // So many that those that have run out are looked for, and forgotten.
    for (let count = 0; count < 100; count++) await mine.mutex(`other ${count}`).lock();
    await answer();
    expect(extending.value).toBe("extended");
    const closing = watched(mine.close({ timeout: 0 }).then(() => "closed"));
    await clock.advance(10);
    expect([closing.value, lock.signal.aborted, node.get("job")]).toEqual(["closed", true, undefined]);
  });

  it.each([false, true])(
    "while it waits for what is under way (setNXOnExtend: %s)",
    async (setNXOnExtend) => {
      const { clock, node, mine, lock, extending, answer } = await extendedLate({ setNXOnExtend });
      const closing = watched(mine.close().then(() => "closed"));
      await clock.advance(150);
      expect(closing.value).toBeUndefined();
      await answer();
      expect(extending.error).toMatchObject({ code: "REDSYNC_LOCK_LOST" });
      expect([closing.value, lock.remaining(), node.get("job")]).toEqual(["closed", 0, undefined]);
    },
  );
});

describe("after close()", () => {
  it.each<[call: string, call: (mutex: Mutex) => Promise<unknown>]>([
    ["lock", (mutex) => mutex.lock()],
    ["tryLock", (mutex) => mutex.tryLock()],
    ["using", (mutex) => mutex.using(() => "never")],
    ["adopt", (mutex) => mutex.adopt("a value")],
  ])("%s() rejects, and asks no node", async (_, call) => {
    const { clock, node, mine } = await openedOne();
    const mutex = mine.mutex("job");
    await closed(clock, mine);
    await expect(call(mutex)).rejects.toThrow(ClosedError);
    expect(wordsOf(node, "mine")).toEqual([]);
  });

  it("a value that its user makes until then is not sent", async () => {
    const making = gate();
    const generateValue = () => making.promise.then(() => "a value of its user's");
    const { clock, node, mine } = await openedOne({ generateValue });
    const locking = watched(mine.mutex("job").lock());
    await clock.advance(10);
    const closing = mine.close();
    await clock.advance(10);
    making.resolve();
    await clock.advance(20_000);
    await closing;
    expect(locking.error).toBeInstanceOf(ClosedError);
    expect(wordsOf(node, "mine")).toEqual([]);
  });

  const setNXOnExtend: MutexOptions = { expiry: 100, setNXOnExtend: true };

  it("an extension takes no name anew", async () => {
    const { clock, node, mine } = await openedOne(setNXOnExtend);
    const lock = await mine.mutex("job").lock();
    await clock.advance(150);
    await closed(clock, mine);
    await expect(lock.extend()).rejects.toThrow(ClosedError);
    expect(node.get("job")).toBeUndefined();
  });

  it("a lock that was taken anew before is gone as well", async () => {
    const { clock, node, mine } = await openedOne(setNXOnExtend);
    const lock = await mine.mutex("job").lock();
    await clock.advance(150);
    // So many that those that have expired are looked for, and forgotten.
    for (let count = 0; count < 100; count++) await mine.mutex(`other ${count}`).lock();
    await lock.extend();
    expect(node.get("job")).toBe(lock.value);
    const closing = watched(mine.close({ timeout: 0 }).then(() => "closed"));
    await clock.advance(10);
    expect(closing.value).toBe("closed");
    expect(node.get("job")).toBeUndefined();
    expect(lock.remaining()).toBe(0);
  });
});

it("close() ends a call whose failed attempt is being undone", async () => {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 3);
  const mine = redsyncOf("mine", { retryDelay: 60_000 }, { subscribe: false });
  for (const node of nodes.slice(1)) node.set("job", "somebody else's value");
  const slow = gate();
  const [granting] = nodes;
  if (granting)
    granting.before = ([question]) => (question?.operation === "release" ? slow.promise : undefined);
  const locking = watched(mine.mutex("job").lock());
  await clock.advance(10);
  const closing = watched(mine.close().then(() => "closed"));
  await clock.advance(10);
  slow.resolve();
  await clock.advance(100);
  expect([locking.error, closing.value]).toEqual([expect.any(ClosedError), "closed"]);
  expect(clock.timers.size).toBe(0);
});

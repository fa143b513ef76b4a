import { describe, expect, it } from "vitest";
import { ClosedError, LockLostError, type RedsyncEvent } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { gate, opened, openedOne, watched } from "./queue-node.ts";

describe("a lock that an extension finds lost", () => {
  /** Whose name somebody else had meanwhile, while the extension is under way. */
  async function lostUnseen() {
    const at = await openedOne();
    const { clock, node, mine } = at;
    const slow = gate();
    const lose = async () => {
      node.delete("job");
      node.after = ([question]) => (question?.operation === "extend" ? slow.promise : undefined);
      await clock.advance(1);
    };
    return { ...at, mutex: mine.mutex("job"), slow, lose };
  }

  it("is not said to be released by an unlock that came meanwhile", async () => {
    const { clock, mutex, slow, lose } = await lostUnseen();
    const lock = await mutex.lock();
    await lose();
    const extending = watched(lock.extend());
    await clock.advance(1);
    const unlocking = watched(lock.unlock());
    await clock.advance(1);
    slow.resolve();
    await clock.advance(10);
    expect([unlocking.value, extending.error]).toEqual(["expired", expect.any(LockLostError)]);
  });

  it("was not alone to the end of its using()", async () => {
    const { clock, mutex, slow, lose } = await lostUnseen();
    const using = watched(
      mutex.using(async (lock) => {
        await lose();
        lock.extend().catch(() => {});
        return "done";
      }),
    );
    await clock.advance(10);
    slow.resolve();
    await clock.advance(10);
    expect(using.error).toMatchObject({ code: "REDSYNC_LOCK_LOST", result: "done" });
  });
});

it("an unlock beside an extension of who has the name now says who has it", async () => {
  const { clock, mine } = await openedOne({ expiry: 1_000, setNXOnExtend: true });
  const first = await mine.mutex("job").lock();
  await clock.advance(1_500);
  const second = await mine.mutex("job").lock();
  const [unlocked] = await Promise.all([first.unlock(), second.extend()]);
  expect(unlocked).toBe("taken");
});

it("an error that a framework needs back reaches it through unlock() too, and is told", async () => {
  const events: RedsyncEvent[] = [];
  const { node, mine } = await openedOne({ onEvent: (event) => void events.push(event) });
  const lock = await mine.mutex("job").lock();
  const error = Object.assign(new Error("Dynamic server usage"), { digest: "DYNAMIC_SERVER_USAGE" });
  node.refuse = () => error;
  await expect(lock.unlock()).rejects.toBe(error);
  const failed = events.filter(({ type }) => type === "failed");
  expect(failed.map((event) => String("error" in event && event.error))).toEqual([
    expect.stringContaining("no answer: Dynamic server usage"),
  ]);
});

it("an extension whose call was aborted is not told to have failed", async () => {
  const events: string[] = [];
  const { clock, node, mine } = await openedOne({ onEvent: ({ type }) => void events.push(type) });
  const lock = await mine.mutex("job").lock();
  const slow = gate();
  node.before = () => slow.promise;
  node.refuse = () => new Error("broken");
  const controller = new AbortController();
  const extending = watched(lock.extend({ signal: controller.signal }));
  await clock.advance(1);
  controller.abort("enough");
  await clock.advance(1);
  slow.resolve();
  await clock.advance(10);
  expect([extending.error, events]).toEqual(["enough", ["acquired", "nodeFailed"]]);
});

it("close() ends a lock() whose user never makes its value", async () => {
  const { clock, mine } = await openedOne({ generateValue: () => new Promise<string>(() => {}) });
  const locking = watched(mine.mutex("job").lock());
  await clock.advance(10);
  const closing = watched(mine.close().then(() => "closed"));
  await clock.advance(10);
  expect([locking.error, closing.value]).toEqual([expect.any(ClosedError), "closed"]);
});

it("unlock() by a listener, while an unlock begins, is that one", async () => {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 3);
  const [silent] = nodes as [(typeof nodes)[0]];
  const events: string[] = [];
  const inner: Promise<unknown>[] = [];
  const mine = redsyncOf("mine");
  const onEvent = (event: RedsyncEvent) => {
    if (event.type === "released") events.push(event.result);
    if (event.type === "nodeFailed" && event.operation === "release" && inner.length === 0)
      inner.push(lock.unlock());
  };
  silent.before = () => new Promise(() => {});
  await mine.mutex("other").lock();
  await clock.advance(3_000);
  // Asks whether it is back, so that the next ones do not.
  await mine.mutex("another").lock();
  const lock = await mine.mutex("job", { onEvent }).lock();
  await clock.advance(1_200);
  for (const node of nodes) node.asked.length = 0;
  const unlocked = await lock.unlock();
  expect([unlocked, await Promise.all(inner), events]).toEqual(["released", ["released"], ["released"]]);
  const releases = nodes[1]?.asked.filter(({ operation }) => operation === "release");
  expect(releases?.length).toBe(1);
});

describe("what is asked again of a node goes in one command", () => {
  const names = Array.from({ length: 20 }, (_, index) => `name ${index}`);

  it("deletes that a broken connection may have lost", async () => {
    const { clock, node, mine } = await openedOne();
    node.refuse = () => new Error("broken");
    node.commands.length = 0;
    const locking = watched(mine.mutex(names).tryLock());
    await clock.advance(3_000);
    expect(locking.error).toBeDefined();
    // The attempt, its undo, and the two times that it is sent again.
    expect(node.commands.length).toBe(4);
  });

  it("an unlock that a node refuses for a moment", async () => {
    const { clock, node, mine } = await openedOne();
    const lock = await mine.mutex(names).lock();
    node.refuse = () => new Error("BUSY Redis is busy");
    node.commands.length = 0;
    const unlocking = watched(lock.unlock());
    await clock.advance(3_000);
    expect(unlocking.error).toMatchObject({ code: "REDSYNC_UNLOCK_FAILED" });
    // At 0, 10, 30, 70, 150, 310 ms, and the two times after the deadline.
    expect(node.commands.length).toBe(8);
  });

  it("but a rate limit, which is not about one of its names, is not answered by a command for each", async () => {
    const { clock, node, mine } = await openedOne();
    node.refuse = () => new Error("Upstash answered HTTP 429 (too many requests): ERR max");
    node.asked.length = 0;
    const locking = watched(mine.mutex(names).tryLock());
    await clock.advance(0);
    expect(locking.error).toBeDefined();
    expect(node.asked.filter(({ operation }) => operation === "acquire").length).toBe(20);
  });
});

it("unlock() beside an extension that may take the name anew deletes once, and finds no later owner", async () => {
  const { clock, node, mine } = await openedOne({ setNXOnExtend: true });
  const lock = await mine.mutex("job").lock();
  node.asked.length = 0;
  node.after = ([question]) => {
    if (question?.operation === "release" && node.get("job") === undefined)
      node.set("job", "a later owner's");
    return undefined;
  };
  const extending = watched(lock.extend());
  const unlocking = watched(lock.unlock());
  await clock.advance(100);
  expect([unlocking.value, extending.error]).toEqual(["released", expect.any(LockLostError)]);
  expect(node.asked.map(({ operation }) => operation)).toEqual(["acquire", "release"]);
});

it("what an extension takes anew after the lock ran out is not said to be released by an unlock beside it", async () => {
  const { clock, mine } = await openedOne({ expiry: 1_000, setNXOnExtend: true });
  const lock = await mine.mutex("job").lock();
  await clock.advance(1_500);
  await (await mine.mutex("job").lock()).unlock();
  const extending = watched(lock.extend());
  const unlocking = watched(lock.unlock());
  await clock.advance(100);
  expect([unlocking.value, extending.error]).toEqual(["expired", expect.any(LockLostError)]);
});

import { describe, expect, it } from "vitest";
import { LockTakenError, type MutexOptions } from "../src/index.ts";
import { openedOne, watched, wordsOf } from "./queue-node.ts";

/** Pauses are so long that only who is woken has a name soon. */
async function one(options: MutexOptions = {}) {
  const all = await openedOne({ retryDelay: 10_000, ...options });
  const sleep = (ms: number) => new Promise<void>((resolve) => void all.clock.setTimer(resolve, ms, true));
  return { ...all, sleep };
}

describe("whoever could have its names is woken", () => {
  it("also if it was refused, and another call asked for one of them by then", async () => {
    const { clock, node, mine, sleep } = await one();
    node.before = () => sleep(1);
    node.after = () => sleep(1);
    const c = watched(mine.mutex("c").lock());
    await clock.advance(1);
    const both = watched(mine.mutex(["a", "c"]).lock());
    await clock.advance(2);
    void c.value?.unlock();
    const next = watched(mine.mutex("a").lock());
    await clock.advance(5);
    void next.value?.unlock();
    await clock.advance(5);
    expect(both.value?.names).toEqual(["a", "c"]);
  });

  it("also in the line that was passed over for one that was refused then", async () => {
    const { clock, redsyncOf, mine } = await one();
    await redsyncOf("theirs", { expiry: 60_000 }).mutex("b").lock();
    const held = await mine.mutex("a").lock();
    const first = watched(mine.mutex("a").lock());
    await clock.advance(1);
    mine
      .mutex(["a", "b"])
      .lock()
      .catch(() => {});
    const second = watched(mine.mutex("a").lock());
    await clock.advance(10);
    await held.unlock();
    await clock.advance(10);
    await first.value?.unlock();
    await clock.advance(60);
    expect(second.value?.name).toBe("a");
  });

  it("also if it left a queue for a lock that wakes nobody: it pauses as ever from then on", async () => {
    const { clock, redsyncOf, mine } = await one({ tries: Infinity, retryDelay: 100, expiry: 60_000 });
    const theirs = await redsyncOf("theirs", { expiry: 60_000 }).mutex("b").lock();
    const both = watched(mine.mutex(["a", "b"]).lock());
    await clock.advance(50);
    const held = await mine.mutex("a", { fair: false }).lock();
    await clock.advance(5);
    await theirs.unlock();
    await clock.advance(5);
    await held.unlock();
    await clock.advance(201);
    expect(both.value?.names).toEqual(["a", "b"]);
  });

  it("once", async () => {
    const { clock, node, redsyncOf, mine } = await one();
    node.set("z", "somebody of another library");
    mine
      .mutex(["y", "z"])
      .lock({ timeout: 60_000 })
      .catch(() => {});
    await clock.advance(1);
    const held = await mine.mutex("a").lock();
    redsyncOf("theirs")
      .mutex("a")
      .lock()
      .catch(() => {});
    await clock.advance(5);
    mine
      .mutex("a")
      .lock()
      .catch(() => {});
    await clock.advance(5);
    const before = wordsOf(node, "mine").length;
    await held.unlock();
    const operations = wordsOf(node, "mine")
      .slice(before)
      .map((words) => words.split(" ")[0]);
    expect(operations).toEqual(["release", "acquire"]);
  });
});

/** Tasks that lock names again and again, until the end. */
async function loops(names: readonly string[][], { clock, mine, sleep }: Awaited<ReturnType<typeof one>>) {
  let isOver = false;
  names.forEach(async (wanted, at) => {
    await sleep(10 * at);
    while (!isOver) {
      const lock = await mine.mutex(wanted).lock();
      await sleep(20);
      await lock.unlock();
    }
  });
  await clock.advance(50);
  return () => {
    isOver = true;
  };
}

describe("one that wants more names than others", () => {
  const options = { tries: Infinity, retryDelay: 100 };

  it.each([
    ["one of them alone", [["a"], ["b"], ["a"], ["b"]]],
    [
      "one of them, and another one",
      [
        ["a", "c"],
        ["b", "d"],
        ["a", "c"],
        ["b", "d"],
      ],
    ],
  ])("does not wait for as long as others come for %s", async (_, names) => {
    const all = await one(options);
    const { clock, mine } = all;
    // Somebody waits for a lock that is held for long, and has nothing to do with it.
    await mine.mutex("x").lock();
    mine
      .mutex(["x", "y"])
      .lock()
      .catch(() => {});
    await clock.advance(300);
    const stop = await loops(names, all);
    const both = watched(mine.mutex(["a", "b"]).lock());
    await clock.advance(200);
    expect(both.value?.names).toEqual(["a", "b"]);
    stop();
  });
});

it.each([["b"], ["b", "c"]])(
  "a name that a lock of the process has by now is taken, whatever it was waited for first: %j",
  async (...names) => {
    const { clock, mine } = await one();
    watched(mine.mutex(["a", "b"]).lock());
    const second = watched(mine.mutex(names).lock({ timeout: 500 }));
    await clock.advance(500);
    expect(second.error).toBeInstanceOf(LockTakenError);
  },
);

it("close() ends a lock also if the node forgot it, and another call of the process has its name by now", async () => {
  const { clock, node, mine } = await one();
  const forgotten = await mine.mutex("a").lock();
  node.delete("a");
  const lock = await mine.mutex("a").lock();
  const { signal } = forgotten;
  const closed = mine.close({ timeout: 0 });
  await clock.advance(1_000);
  await closed;
  expect([signal.aborted, lock.signal.aborted, node.get("a")]).toEqual([true, true, undefined]);
});

it("30 calls for the same 1,000 names, half of them in another order, all have their turn", async () => {
  const { clock, mine } = await one({ tries: Infinity });
  const names = Array.from({ length: 1_000 }, (_, at) => `n${at}`);
  const held = await mine.mutex(names).lock();
  const done = Array.from({ length: 30 }, async (_, at) => {
    const lock = await mine.mutex(at % 2 ? names : names.toReversed()).lock();
    await lock.unlock();
  });
  await clock.advance(1);
  await held.unlock();
  await clock.advance(1_000);
  expect(await Promise.all(done)).toHaveLength(30);
});

import { describe, expect, it } from "vitest";
import { LockTakenError } from "../src/index.ts";
import { openedOne, watched } from "./queue-node.ts";

const HINT =
  "this process has had a lock of it since before the call, and a lock is not reentrant: node 0: taken";

describe("a call that was given no lock says that the lock in its way is of its own process", () => {
  it("if its `timeout` ended it", async () => {
    const { clock, mine } = await openedOne();
    await mine.mutex("a").lock();
    await clock.advance(5);
    const again = watched(mine.mutex("a").lock({ timeout: 300 }));
    await clock.advance(300);
    expect(again.error).toBeInstanceOf(LockTakenError);
    expect(String(again.error)).toContain(`ended by its timeout: ${HINT}`);
  });

  it("if its only attempt was refused", async () => {
    const { clock, mine } = await openedOne({ tries: 1 });
    await mine.mutex("a").lock();
    await clock.advance(1);
    await expect(mine.mutex("a").lock()).rejects.toThrow(`ended by its tries: ${HINT}`);
  });

  it("but not if both came at the same moment", async () => {
    const { clock, mine } = await openedOne({ tries: 1 });
    const calls = [1, 2].map(() => watched(mine.mutex("a").lock()));
    await clock.advance(1);
    expect(calls.map(({ value }) => value?.name)).toEqual(["a", undefined]);
    expect(String(calls[1]?.error)).toContain("ended by its tries: others hold it: node 0: taken");
  });

  it("but not of another process", async () => {
    const { redsyncOf, mine } = await openedOne({ tries: 1 });
    await redsyncOf("theirs").mutex("a").lock();
    await expect(mine.mutex("a").lock()).rejects.toThrow("ended by its tries: others hold it: node 0: taken");
  });

  it("nor one that came after it: the name goes from one to the next", async () => {
    const { clock, mine } = await openedOne();
    const first = await mine.mutex("a").lock();
    const second = watched(mine.mutex("a").lock());
    await clock.advance(5);
    const third = watched(mine.mutex("a").lock({ timeout: 300 }));
    await clock.advance(5);
    await first.unlock();
    await clock.advance(300);
    expect(second.value?.name).toBe("a");
    expect(String(third.error)).toMatch(/ended by its timeout: others of this process had it$/);
  });
});

import { describe, expect, it } from "vitest";
import { LockFailedError, LockTakenError } from "../src/index.ts";
import { gate, openedOne, type QueueNode, watched, wordsOf } from "./queue-node.ts";

const operationsOf = (node: QueueNode) => wordsOf(node, "mine").map((words) => words.split(" ")[0]);

describe("a call that wants several names, of which a lock of its process has one", () => {
  it("asks no node, and asks behind the release, in the same command", async () => {
    const { clock, node, mine } = await openedOne();
    const held = await mine.mutex("a").lock();
    const both = watched(mine.mutex(["a", "b"]).lock());
    await clock.advance(200);
    expect(operationsOf(node)).toEqual(["acquire"]);
    const sent = node.commands.length;
    await held.unlock();
    await clock.advance(0);
    expect(both.value?.names).toEqual(["a", "b"]);
    expect(node.commands.slice(sent)).toHaveLength(1);
    expect(operationsOf(node)).toEqual(["acquire", "release", "acquire", "acquire"]);
  });

  it("leaves every other name to those who can have it", async () => {
    const { clock, mine } = await openedOne();
    const held = await mine.mutex("a").lock();
    const both = watched(mine.mutex(["a", "b"]).lock());
    await clock.advance(300);
    const other = await mine.mutex(["b", "c"]).lock();
    expect([other.names, both.value]).toEqual([["b", "c"], undefined]);
    await other.unlock();
    await held.unlock();
    await clock.advance(0);
    expect(both.value?.names).toEqual(["a", "b"]);
  });

  it("is in no queue: what nodes would keep for it serves others", async () => {
    const { clock, node, redsyncOf, mine } = await openedOne();
    const theirs = await redsyncOf("theirs").mutex("b").lock();
    const both = watched(mine.mutex(["a", "b"]).lock());
    await clock.advance(1);
    expect(node.queue("{b}:queue")).toHaveLength(1);
    const held = await mine.mutex("a").lock();
    const next = watched(redsyncOf("next").mutex("b").lock());
    await clock.advance(1);
    const before = operationsOf(node).length;
    await theirs.unlock();
    await clock.advance(0);
    expect([next.value?.name, both.value, node.queue("{b}:queue")]).toEqual(["b", undefined, []]);
    expect(operationsOf(node).slice(before)).not.toContain("acquire");
    await next.value?.unlock();
    await held.unlock();
    await clock.advance(1_000);
    expect(both.value?.names).toEqual(["a", "b"]);
  });

  it("leaves the queue in which it stands because that lock was granted meanwhile", async () => {
    const { clock, node, mine } = await openedOne();
    const held = watched(mine.mutex("a").lock());
    const both = watched(mine.mutex(["a", "b"]).lock());
    await clock.advance(1);
    expect([held.value?.name, node.queue("{a}:queue")]).toEqual(["a", []]);
    const sent = node.commands.length;
    await held.value?.unlock();
    await clock.advance(0);
    expect([both.value?.names, node.commands.length]).toEqual([["a", "b"], sent + 1]);
  });

  it("comes before those of other processes who came later", async () => {
    const { clock, redsyncOf, mine } = await openedOne();
    await redsyncOf("theirs").mutex("x").lock();
    // So that the time of the node is known.
    const refused = watched(mine.mutex("x").lock({ timeout: 1 }));
    await clock.advance(1);
    expect(refused.error).toBeInstanceOf(LockTakenError);
    const held = await mine.mutex("a").lock();
    const both = watched(mine.mutex(["a", "b"]).lock());
    await clock.advance(5);
    const other = watched(redsyncOf("other").mutex("a").lock());
    await clock.advance(5);
    await held.unlock();
    await clock.advance(0);
    expect([both.value?.names, other.value]).toEqual([["a", "b"], undefined]);
    await both.value?.unlock();
    await clock.advance(0);
    expect(other.value?.name).toBe("a");
  });

  it("asks with its last try, which tells how it is", async () => {
    const { clock, node, mine } = await openedOne({ tries: 3, retryDelay: 50 });
    await mine.mutex("a").lock();
    await clock.advance(1);
    const both = watched(mine.mutex(["a", "b"]).lock());
    await clock.advance(99);
    expect(operationsOf(node)).toEqual(["acquire"]);
    await clock.advance(2);
    expect(both.error).toBeInstanceOf(LockTakenError);
    expect(String(both.error)).toMatch(
      /3 attempts, ended by its tries: this process has had a lock of it .*: "a" node 0: taken/,
    );
  });

  it("says that others of its process had it if its timeout comes first", async () => {
    const { clock, mine } = await openedOne();
    const first = await mine.mutex("a").lock();
    const second = watched(mine.mutex("a").lock());
    await clock.advance(0);
    const both = watched(mine.mutex(["a", "b"]).lock({ timeout: 20 }));
    await clock.advance(10);
    await first.unlock();
    await clock.advance(10);
    expect(second.value?.name).toBe("a");
    expect(both.error).toBeInstanceOf(LockTakenError);
    expect(String(both.error)).toMatch(/ended by its timeout: others of this process had it$/);
  });
});

describe("a call that wants several names, of which another call of its process asks for one", () => {
  it("waits for what becomes of that, and does not say that the name is taken", async () => {
    const { clock, node, mine } = await openedOne();
    const { promise, resolve } = gate();
    node.after = () => promise;
    const first = watched(mine.mutex(["a", "b"]).lock());
    const second = watched(mine.mutex(["b", "c"]).lock({ timeout: 20 }));
    const third = watched(mine.mutex(["b", "d"]).lock());
    await clock.advance(20);
    expect(operationsOf(node)).toEqual(["acquire", "acquire"]);
    expect(second.error).toBeInstanceOf(LockFailedError);
    expect(String(second.error)).toMatch(/ended by its timeout: others of this process came before it$/);
    resolve();
    await clock.advance(0);
    await first.value?.unlock();
    await clock.advance(0);
    expect(third.value?.names).toEqual(["b", "d"]);
  });

  it("asks as soon as that one is refused", async () => {
    const { clock, redsyncOf, mine } = await openedOne();
    await redsyncOf("theirs").mutex("a").lock();
    const first = watched(mine.mutex(["a", "b"]).lock());
    const second = watched(mine.mutex(["b", "c"]).lock());
    await clock.advance(1);
    expect([first.value, second.value?.names]).toEqual([undefined, ["b", "c"]]);
  });
});

describe("the calls of one process that want several names", () => {
  it("do not ask by turns for a name that somebody else has: each has its pause", async () => {
    const { clock, node, mine } = await openedOne();
    node.set("a", "somebody of another library");
    for (const other of ["b", "c", "d"])
      mine
        .mutex(["a", other])
        .lock()
        .catch(() => {});
    await clock.advance(900);
    // Once, and once more when the node can call it.
    const asked = operationsOf(node).filter((operation) => operation === "acquire").length;
    expect(asked).toBeLessThanOrEqual(3 * 2 * 2);
  });

  it("are not waited for once they are over", async () => {
    const { clock, node, mine } = await openedOne();
    await (await mine.mutex(["a", "b"]).lock()).unlock();
    await mine.mutex("a").lock();
    const before = operationsOf(node).length;
    mine
      .mutex("a")
      .lock()
      .catch(() => {});
    await clock.advance(0);
    expect(operationsOf(node).slice(before)).toContain("acquire");
  });

  it("are served in their order: a wide one does not wait for as long as others come for a part of it", async () => {
    const { clock, mine } = await openedOne();
    const held = await mine.mutex("a").lock();
    const wide = watched(mine.mutex(["a", "b", "c"]).lock());
    const narrow = watched(mine.mutex(["b", "c"]).lock());
    const alone = watched(mine.mutex("b").lock());
    await clock.advance(1);
    expect([wide.value, narrow.value, alone.value]).toEqual([undefined, undefined, undefined]);
    await held.unlock();
    await clock.advance(0);
    expect([wide.value?.names, narrow.value, alone.value]).toEqual([["a", "b", "c"], undefined, undefined]);
    await wide.value?.unlock();
    await clock.advance(0);
    expect(narrow.value?.names).toEqual(["b", "c"]);
    await narrow.value?.unlock();
    await clock.advance(0);
    expect(alone.value?.name).toBe("b");
  });

  it("give way to whoever has waited for longer in the line of one name", async () => {
    const { clock, node, mine } = await openedOne();
    const held = await mine.mutex(["a", "b"]).lock();
    const alone = watched(mine.mutex("a").lock());
    await clock.advance(1);
    const both = watched(mine.mutex(["a", "c"]).lock());
    await clock.advance(1);
    const before = operationsOf(node).length;
    await held.unlock();
    await clock.advance(0);
    expect([alone.value?.name, both.value]).toEqual(["a", undefined]);
    expect(operationsOf(node).slice(before)).toEqual(["release", "release", "acquire"]);
    await alone.value?.unlock();
    await clock.advance(0);
    expect(both.value?.names).toEqual(["a", "c"]);
  });

  it("leave nothing behind, 40 of them over random parts of eight names", async () => {
    const { clock, node, mine } = await openedOne({ tries: Number.POSITIVE_INFINITY });
    const names = [..."abcdefgh"];
    let inside = 0;
    const done = Array.from({ length: 40 }, async (_, task) => {
      const wanted = names.filter((_, at) => (task * 7 + at * 3) % 8 < 1 + (task % 4));
      const lock = await mine.mutex(wanted).lock();
      inside++;
      await lock.unlock();
    });
    await clock.advance(1_000);
    await Promise.all(done);
    expect(inside).toBe(40);
    expect(names.map((name) => [node.get(name), node.queue(`{${name}}:queue`)])).toEqual(
      Array(8).fill([undefined, []]),
    );
  });
});

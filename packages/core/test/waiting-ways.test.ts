import { describe, expect, it } from "vitest";
import { HandClock } from "./hand-clock.ts";
import { opened, watched, wordsOf } from "./queue-node.ts";

const kindsOf = (queue: readonly (readonly [id: string, score: number])[]) =>
  queue.map(([id]) => id.slice(0, 2));

describe("whoever waits on nodes", () => {
  it("whose server cannot count who hears a call says so", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    const held = await redsyncOf("holder").mutex("job").lock();
    const seen = watched(redsyncOf("waiter", {}, { slots: true }).mutex("job").lock());
    await clock.advance(1);
    expect(kindsOf(nodes[0]?.queue() ?? [])).toEqual(["~u"]);
    await held.unlock();
    await clock.advance(0);
    expect(seen.value?.name).toBe("job");
  });

  it("without a way to call polls, and enters after a second of waiting, for its pause and a deadline", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    const [node] = nodes as [(typeof nodes)[0]];
    const held = await redsyncOf("holder").mutex("job").lock();
    const seen = watched(redsyncOf("waiter", { retryDelay: 300 }, { subscribe: false }).mutex("job").lock());
    await clock.advance(950);
    expect([node.queue(), node.channels]).toEqual([[], []]);
    await clock.advance(300);
    expect(node.queue().map(([id]) => id)).toEqual([expect.stringMatching(/^~p[A-Za-z0-9]+:1:700:job$/)]);
    await held.unlock();
    expect(node.get("job")).toMatch(/^~p/);
    await clock.advance(301);
    expect(seen.value?.name).toBe("job");
  });

  it("stands in no queue with fair: false, and listens to nothing", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    const [node] = nodes as [(typeof nodes)[0]];
    const held = await redsyncOf("holder").mutex("job").lock();
    const seen = watched(redsyncOf("waiter", { fair: false }).mutex("job").lock());
    await clock.advance(3_500);
    expect([node.queue(), node.channels]).toEqual([[], []]);
    await held.unlock();
    await clock.advance(1_000);
    expect(seen.value?.name).toBe("job");
  });

  it("on some that refuse its subscription is in the queues of the others, as long as they are a quorum", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 3);
    const held = await redsyncOf("holder").mutex("job").lock();
    (nodes[1] as (typeof nodes)[0]).subscribing = Promise.reject(new Error("NOPERM channel"));
    nodes[1]?.subscribing?.catch(() => {});
    const seen = watched(redsyncOf("waiter").mutex("job").lock());
    await clock.advance(1);
    expect(nodes.map((node) => node.queue().length)).toEqual([1, 0, 1]);
    await held.unlock();
    await clock.advance(1);
    expect(seen.value?.name).toBe("job");
  });
});

describe("several names", () => {
  it("are waited for in all their queues, and released to whoever waits for one of them", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    const [node] = nodes as [(typeof nodes)[0]];
    const held = await redsyncOf("holder").mutex(["a", "b"]).lock();
    const both = watched(redsyncOf("both").mutex(["a", "b"]).lock());
    await clock.advance(1);
    expect(["{a}:queue", "{b}:queue"].map((key) => node.queue(key).length)).toEqual([1, 1]);
    const one = watched(redsyncOf("one").mutex("b").lock());
    await clock.advance(1);
    await held.unlock();
    await clock.advance(0);
    expect([both.value?.names, one.value]).toEqual([["a", "b"], undefined]);
    await both.value?.unlock();
    await clock.advance(0);
    expect(one.value?.name).toBe("b");
    await one.value?.unlock();
    expect([node.get("a"), node.get("b"), node.queue("{a}:queue"), node.queue("{b}:queue")]).toEqual([
      undefined,
      undefined,
      [],
      [],
    ]);
  });
});

describe("a name that is kept for who waits for another one too", () => {
  it("is passed on soon, and not when it is kept no longer", async () => {
    const clock = new HandClock();
    const { redsyncOf } = opened(clock, 1);
    const slow = await redsyncOf("slow").mutex("a").lock();
    const held = await redsyncOf("holder").mutex("b").lock();
    const both = watched(redsyncOf("both").mutex(["a", "b"]).lock());
    await clock.advance(5);
    const one = watched(redsyncOf("one").mutex("b").lock());
    await clock.advance(5);
    await held.unlock();
    await clock.advance(51);
    expect([one.value?.name, both.value]).toEqual(["b", undefined]);
    await one.value?.unlock();
    await slow.unlock();
    await clock.advance(51);
    expect(both.value?.names).toEqual(["a", "b"]);
  });
});

describe("the line of one process", () => {
  it("has its next one entered by the unlock, behind whoever waited for longer elsewhere", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    const [node] = nodes as [(typeof nodes)[0]];
    const mine = redsyncOf("mine").mutex("job");
    const held = await mine.lock();
    const order: string[] = [];
    const work = (by: string, locking: ReturnType<typeof mine.lock>) =>
      locking.then(async (lock) => {
        order.push(by);
        await lock.unlock();
      });
    const done = [work("other", redsyncOf("other").mutex("job").lock())];
    await clock.advance(5);
    done.push(work("mine 1", mine.lock()));
    await clock.advance(5);
    done.push(work("mine 2", mine.lock()));
    await clock.advance(5);
    expect(node.queue()).toHaveLength(2);
    await held.unlock();
    await clock.advance(5);
    await Promise.all(done);
    expect(order).toEqual(["other", "mine 1", "mine 2"]);
    expect(wordsOf(node, "mine")).toContain("release +entry");
    expect([node.get("job"), node.queue()]).toEqual([undefined, []]);
  });

  it("of 20 in each of two processes is served in turn of arrival, without a pause and with nothing left", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 3);
    const held = await redsyncOf("holder").mutex("job").lock();
    const mutexes = ["one", "two"].map((by) =>
      redsyncOf(by, { tries: Infinity, timeoutFactor: 0.2 }).mutex("job"),
    );
    const order: number[] = [];
    let holders = 0;
    const done = Array.from({ length: 40 }, async (_, at) => {
      const lock = await mutexes[at % 2]?.lock();
      expect(++holders).toBe(1);
      order.push(at);
      await clock.advance(0);
      holders--;
      await lock?.unlock();
    });
    await clock.advance(5);
    await held.unlock();
    await clock.advance(1_000);
    await Promise.all(done);
    expect(order).toHaveLength(40);
    expect(nodes.map((node) => [node.get("job"), node.queue()])).toEqual(Array(3).fill([undefined, []]));
  });
});

import { describe, expect, it } from "vitest";
import { HandClock } from "./hand-clock.ts";
import { gate, opened, type QueueNode, watched, wordsOf } from "./queue-node.ts";

/** Somebody waits behind a holder, in the queue of each of three nodes. */
async function waitedFor() {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 3);
  const [, , last] = nodes as [QueueNode, QueueNode, QueueNode];
  const held = await redsyncOf("holder").mutex("job", { expiry: 60_000 }).lock();
  const seen = watched(redsyncOf("waiter").mutex("job").lock());
  await clock.advance(10);
  return { clock, last, held, seen };
}

describe("a lock that was waited for", () => {
  it("is in no queue any more once it was handed over", async () => {
    const { clock, last, held, seen } = await waitedFor();
    last.refuse = ([question], by) =>
      by === "holder" && question?.operation === "release" ? new Error("NOPERM") : undefined;
    await held.unlock();
    await clock.advance(10);
    expect([seen.value?.name, last.queue().length]).toEqual(["job", 1]);
    seen.value?.handOver();
    await clock.advance(10);
    expect(last.queue()).toEqual([]);
  });

  it("is not known by its place in the queues any more once the last node has granted it", async () => {
    const { clock, last, held, seen } = await waitedFor();
    const [[id = ""] = []] = last.queue();
    const late = gate();
    last.after = ([question], by) =>
      by === "waiter" && question?.operation === "acquire" ? late.promise : undefined;
    await held.unlock();
    await clock.advance(10);
    expect(seen.value?.name).toBe("job");
    late.resolve();
    await clock.advance(10);
    const before = wordsOf(last, "waiter").length;
    last.call(id);
    await clock.advance(10);
    // Called for something that nobody knows.
    expect(wordsOf(last, "waiter").slice(before)).toEqual(["release an id +queue"]);
  });
});

describe("whoever waits behind a holder that keeps the name for long", () => {
  it.each([
    [1, ["job"]],
    [2, ["job"]],
    [3, ["job"]],
    [4, ["job"]],
    [1, ["job", "other"]],
    [3, ["other", "job"]],
    [3, ["job", "other"]],
  ])("asks each of %i nodes once in a quarter of an expiry: %j", async (count, names) => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, count);
    await redsyncOf("holder").mutex("job", { expiry: 600_000 }).lock();
    // One after the other, so that most of them say it after the decision.
    for (const [index, node] of nodes.entries())
      node.after = () => new Promise((done) => void clock.setTimer(done, 1 + 5 * index, true));
    const waiter = redsyncOf("waiter", { expiry: 8_000, retryDelay: 100, tries: 1_000 });
    const seen = watched(waiter.mutex(names).lock());
    await clock.advance(1_000);
    for (const { commands } of nodes) commands.length = 0;
    await clock.advance(40_000);
    expect(seen).toEqual({});
    // Each time it asks, and gives back what is free; and now and then it subscribes anew, and asks then.
    const most = names.length === 1 ? 24 : 48;
    for (const { commands } of nodes) expect(commands.length).toBeLessThanOrEqual(most);
  });
});

it("a line that makes room does not count on a call for what its own process left free", async () => {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [QueueNode];
  const subscribed = gate();
  node.subscribing = subscribed.promise;
  const mine = redsyncOf("mine", { expiry: 60_000, retryDelay: 100, tries: 1_000 });
  const held = await mine.mutex("job").lock();
  const first = watched(mine.mutex("job").lock());
  await clock.advance(1);
  // While nodes cannot call, the line begins to count for how long it has the name.
  await held.unlock();
  await clock.advance(1);
  subscribed.resolve();
  const second = watched(mine.mutex("job").lock());
  await clock.advance(2_000);
  expect([first.value?.name, second.value, node.queue().length]).toEqual(["job", undefined, 1]);
  // The slot of another name moves, so that nothing is asked about queues for 10 s.
  node.refuse = (questions) =>
    questions.some(({ queue }) => queue !== undefined)
      ? new Error("TRYAGAIN Multiple keys request during rehashing of slot")
      : undefined;
  await (await mine.mutex("other").lock()).unlock();
  await first.value?.unlock();
  await clock.advance(251);
  expect(second.value?.name).toBe("job");
});

it("a late grant of the attempt before does not make a held lock forget where it is in a queue", async () => {
  const late = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(heldBesideLateGrant));
  // Half of the attempts let the others first, and take back what is kept for them then.
  expect(late.filter((isRepaired) => isRepaired).length).toBeGreaterThan(0);
});

/** Whether the node that was late has the lock in the end. */
async function heldBesideLateGrant(offset: number): Promise<boolean> {
  const clock = new HandClock();
  clock.time += offset / 1_000;
  const { nodes, redsyncOf } = opened(clock, 3);
  const [, , last] = nodes as [QueueNode, QueueNode, QueueNode];
  last.refuse = (_, by) => (by === "holder" ? new Error("NOPERM") : undefined);
  const held = await redsyncOf("holder").mutex("job", { expiry: 60_000 }).lock();
  const seen = watched(redsyncOf("waiter", { expiry: 60_000 }).mutex("job").lock());
  const late = gate();
  last.after = ([question], by) =>
    by === "waiter" && question?.operation === "acquire" && question.entry ? late.promise : undefined;
  await clock.advance(1_500);
  await held.unlock();
  await clock.advance(10);
  expect(seen.value?.name).toBe("job");
  late.resolve();
  await clock.advance(100);
  return last.get("job") === seen.value?.value;
}

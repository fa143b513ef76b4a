import { describe, expect, it } from "vitest";
import { type Lock, type MutexOptions, Redsync } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { gate, opened, type QueueNode, watched } from "./queue-node.ts";

const RARELY = { retryDelay: 10_000, tries: 100 };

/** A lock of "holder", and two of "mine" that wait for it. */
async function twoInLine(options: { timeout?: number } = {}) {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [QueueNode];
  const held = await redsyncOf("holder").mutex("job", { expiry: 60_000 }).lock();
  const mine = redsyncOf("mine", RARELY);
  const first = watched(mine.mutex("job").lock(options));
  await clock.advance(10);
  const second = watched(mine.mutex("job").lock());
  await clock.advance(10);
  return { clock, node, redsyncOf, held, first, second };
}

describe("when the first in line is gone, nodes know the next one", () => {
  it("if it has given up", async () => {
    const { clock, node, redsyncOf, held, first, second } = await twoInLine({ timeout: 300 });
    expect(node.queue().length).toBe(1);
    await clock.advance(400);
    expect(first.error).toMatchObject({ timedOut: true });
    expect(node.queue().length).toBe(1);
    const later = watched(redsyncOf("later", RARELY).mutex("job").lock());
    await clock.advance(10);
    await held.unlock();
    await clock.advance(10);
    expect([second.value?.remaining(), later.value]).toEqual([expect.any(Number), undefined]);
  });

  it("if it has handed its lock over", async () => {
    const { clock, node, held, first, second } = await twoInLine();
    await held.unlock();
    await clock.advance(10);
    first.value?.handOver();
    await clock.advance(10);
    expect(node.queue().length).toBe(1);
    const heir = new Redsync(node.for("heir"));
    node.delete("job");
    node.set("job", (first.value as Lock).value, clock.time + 8_000);
    const adopted = await heir.mutex("job").adopt((first.value as Lock).value);
    await adopted.unlock();
    await clock.advance(10);
    expect(second.value?.remaining()).toBeGreaterThan(0);
  });
});

it("one that polls, and whose pause is long, asks as often as its turn is kept", async () => {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [QueueNode];
  const held = await redsyncOf("holder").mutex("job", { expiry: 60_000 }).lock();
  const polling = { retryDelay: 3_000, tries: 10 };
  const seen = watched(redsyncOf("polling", polling, { subscribe: false }).mutex("job").lock());
  await clock.advance(3_100);
  const [[id] = [""]] = node.queue();
  // A second, and the deadline of a round.
  expect(id.split(":")[2]).toBe("1400");
  const called = watched(redsyncOf("called").mutex("job").lock());
  await clock.advance(10);
  await held.unlock();
  await clock.advance(1_000);
  expect([seen.value?.remaining(), called.value]).toEqual([expect.any(Number), undefined]);
});

it("a process whose subscription was lost unnoticed is served again within half a minute", async () => {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [QueueNode];
  let isOver = false;
  const others = redsyncOf("others").mutex("job");
  const worker = async () => {
    while (!isOver) {
      const lock = await others.lock();
      await new Promise<void>((done) => clock.setTimer(done, 100, true));
      await lock.unlock();
    }
  };
  const held = await others.lock();
  const seen = watched(redsyncOf("deaf", { tries: 1_000 }).mutex("job").lock());
  await clock.advance(10);
  node.forgetSubscriptions();
  const workers = [worker(), worker()];
  await held.unlock();
  await clock.advance(20_000);
  expect(seen.value).toBeUndefined();
  await clock.advance(13_000);
  expect(seen.value?.name).toBe("job");
  await seen.value?.unlock();
  isOver = true;
  await clock.advance(1_000);
  await Promise.all(workers);
});

it("whoever was taken for dead while its subscription was made anew asks when that is done", async () => {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [QueueNode];
  const held = await redsyncOf("holder").mutex("job", { expiry: 600_000 }).lock();
  const seen = watched(redsyncOf("waiter", { tries: 1_000, expiry: 8_000 }).mutex("job").lock());
  await clock.advance(10);
  const next = watched(redsyncOf("next", { tries: 1_000, expiry: 600_000 }).mutex("job").lock());
  await clock.advance(29_000);
  const confirmation = gate();
  node.subscribing = confirmation.promise;
  await clock.advance(4_000);
  // Nobody hears the call for the waiter, who came first.
  await held.unlock();
  await clock.advance(10);
  expect([seen.value, next.value?.name]).toEqual([undefined, "job"]);
  expect(node.queue().length).toBe(0);
  confirmation.resolve();
  await clock.advance(10);
  expect(node.queue().length).toBe(1);
  await next.value?.unlock();
  await clock.advance(10);
  expect(seen.value?.name).toBe("job");
});

it("one that polls does not go on as fast as those that have left its line", async () => {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [QueueNode];
  await redsyncOf("holder").mutex("job", { expiry: 60_000 }).lock();
  const mine = redsyncOf("mine", {}, { subscribe: false });
  const slow = watched(mine.mutex("job", { retryDelay: 5_000, tries: 10 }).lock());
  const fast = watched(mine.mutex("job", { retryDelay: 20 }).lock({ timeout: 1_500 }));
  await clock.advance(2_000);
  expect([slow.error, fast.error]).toEqual([undefined, expect.any(Error)]);
  node.asked.length = 0;
  await clock.advance(10_000);
  expect(node.asked.length).toBe(10);
});

/** Why a node calls nobody who waits for the name. */
const uncalled: readonly (readonly [why: string, name: string, begin: (node: QueueNode) => void])[] = [
  [
    "which refuse the channel",
    "job",
    (node) => {
      node.subscribing = Promise.reject(new Error("NOPERM this user has no permissions to access a channel"));
      node.subscribing.catch(() => {});
    },
  ],
  [
    "which refuse the name's queue",
    "job",
    (node) => {
      node.refuse = (questions) =>
        questions.some(({ queue }) => queue !== undefined)
          ? new Error("NOPERM No permissions to access a key")
          : undefined;
    },
  ],
  ["which have no queue for such a name", "a}b", () => {}],
];

it.each(uncalled)("a line makes room for others where nodes cannot call: %s", async (_, job, begin) => {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  begin(nodes[0] as QueueNode);
  const working = (name: string, options: MutexOptions) => {
    const mutex = redsyncOf(name, options).mutex(job);
    return async () => {
      const lock = await mutex.lock();
      await new Promise<void>((done) => clock.setTimer(done, 10, true));
      await lock.unlock();
    };
  };
  const work = working("mine", { tries: 1_000, retryDelay: 100 });
  let isOver = false;
  const worker = async () => {
    while (!isOver) await work();
  };
  const workers = [worker(), worker(), worker()];
  await clock.advance(50);
  const other = watched(
    working("other", { fair: false, tries: 1_000, retryDelay: 100 })().then(() => "done"),
  );
  await clock.advance(5_000);
  expect(other.value).toBe("done");
  isOver = true;
  await clock.advance(1_000);
  await Promise.all(workers);
});

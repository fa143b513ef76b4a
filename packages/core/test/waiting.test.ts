import { describe, expect, it } from "vitest";
import { LockTakenError, type Reply } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { EPOCH, gate, opened, wordsOf } from "./queue-node.ts";

/** What a promise comes to, as far as it is known. */
function watched<T>(promise: Promise<T>) {
  const seen: { value?: T; error?: unknown; at?: number } = {};
  promise.then(
    (value) => Object.assign(seen, { value }),
    (error: unknown) => Object.assign(seen, { error }),
  );
  return seen;
}

/** A lock of "holder" on so many nodes, and "waiter", who is in all queues a millisecond later. */
async function waiting(count: number, options = {}) {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, count);
  const held = await redsyncOf("holder").mutex("job").lock();
  const waiter = redsyncOf("waiter", options);
  const controller = new AbortController();
  const seen = watched(waiter.mutex("job").lock({ signal: controller.signal }));
  await clock.advance(1);
  return { clock, nodes, redsyncOf, held, waiter, controller, seen };
}

describe("an uncontended lock", () => {
  it("is the two commands that it always was, with the queue's key in the release", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    const [node] = nodes as [(typeof nodes)[0]];
    const mutex = redsyncOf("one").mutex("job");
    await (await mutex.lock()).unlock();
    node.commands.length = 0;
    const lock = await mutex.lock();
    const { value } = lock;
    expect(await lock.unlock()).toBe("released");
    expect(node.commands.map(([, , ...args]) => args)).toEqual([
      ["1", "job", "acquire", value, "8000"],
      ["2", "job", "{job}:queue", "pass", value, "8000"],
    ]);
    expect([node.channels, clock.timers.size]).toEqual([[], 0]);
  });

  it("of a name without a possible queue releases without one", async () => {
    const { nodes, redsyncOf } = opened(new HandClock(), 1);
    await (await redsyncOf("one").mutex("a}b").lock()).unlock();
    expect(nodes.map((node) => wordsOf(node, "one"))).toEqual([["acquire", "acquire", "release"]]);
  });

  it.each([
    [
      "tryLock()",
      (mutex: ReturnType<ReturnType<typeof opened>["redsyncOf"]>) => mutex.mutex("job").tryLock(),
    ],
    [
      "a timeout of 0",
      (mutex: ReturnType<ReturnType<typeof opened>["redsyncOf"]>) => mutex.mutex("job").lock({ timeout: 0 }),
    ],
  ])("and %s wait for nobody, and subscribe to nothing", async (_, lock) => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    await redsyncOf("holder").mutex("job").lock();
    await lock(redsyncOf("one")).catch(() => null);
    await clock.advance(100);
    expect(nodes[0]?.channels).toEqual([]);
    expect(nodes[0]?.queue()).toEqual([]);
  });
});

it("a single attempt is made at once, though others of its process wait", async () => {
  const { clock, nodes, waiter, held } = await waiting(1);
  const before = wordsOf(nodes[0] as never, "waiter").length;
  const time = clock.time;
  expect(await waiter.mutex("job").tryLock()).toBeNull();
  expect([clock.time, wordsOf(nodes[0] as never, "waiter").length]).toEqual([time, before + 1]);
  await held.unlock();
});

describe("whoever waits", () => {
  it("is entered once a quorum of its subscriptions is confirmed, not before", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 3);
    await redsyncOf("holder").mutex("job").lock();
    const confirm: (() => void)[] = [];
    for (const node of nodes)
      node.subscribing = new Promise((resolve) => {
        confirm.push(resolve);
      });
    watched(redsyncOf("waiter").mutex("job").lock());
    await clock.advance(300);
    confirm[0]?.();
    await clock.advance(100);
    expect(nodes.map((node) => node.queue().length)).toEqual([0, 0, 0]);
    confirm[2]?.();
    await clock.advance(1);
    // Only those that can call it.
    expect(nodes.map((node) => node.queue().length)).toEqual([1, 0, 1]);
    expect(new Set(nodes.flatMap(({ channels }) => channels)).size).toBe(1);
  });

  it("has one score on all nodes, which says when it began to wait", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 3);
    const held = await redsyncOf("holder").mutex("job").lock();
    const began = clock.time;
    const late = gate();
    for (const node of nodes) node.subscribing = late.promise;
    watched(redsyncOf("waiter").mutex("job").lock());
    await clock.advance(300);
    late.resolve();
    await clock.advance(1);
    const scores = nodes.map((node) => node.queue().map(([, score]) => score));
    expect(scores).toEqual(Array.from({ length: 3 }, () => [(EPOCH + began) * 1_000]));
    const ids = nodes.map((node) => node.queue()[0]?.[0]);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^~c[A-Za-z0-9]+:1:400:job$/);
    await held.extend();
    await clock.advance(10_000);
    expect(nodes.flatMap((node) => node.queue().map(([, score]) => score))).toEqual(
      nodes.flatMap((node) => node.queue().map(() => (EPOCH + began) * 1_000)),
    );
  });

  it("asks seldom while a quorum will call it, and has the name at once when it is released", async () => {
    const { clock, nodes, held, seen } = await waiting(1);
    expect(wordsOf(nodes[0] as never, "waiter")).toEqual(["acquire", "acquire +entry"]);
    for (let turn = 0; turn < 7; turn++) {
      await clock.advance(1_000);
      await held.extend();
    }
    // Every quarter of its expiry of 8 s.
    expect(wordsOf(nodes[0] as never, "waiter").slice(2)).toEqual(Array(3).fill("acquire +entry"));
    const before = clock.time;
    await held.unlock();
    await clock.advance(0);
    expect(seen.value?.name).toBe("job");
    expect(clock.time).toBe(before);
  });

  it("asks at the end of the time for which a holder that died has the name", async () => {
    const { clock, seen } = await waiting(1, { expiry: 60_000 });
    await clock.advance(7_990);
    expect(seen.value).toBeUndefined();
    await clock.advance(20);
    expect(seen.value?.name).toBe("job");
  });

  it("asks at its retryDelay behind a holder that uses no queue", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    nodes[0]?.set("job", "of another library");
    const seen = watched(redsyncOf("waiter").mutex("job").lock());
    await clock.advance(1);
    expect(nodes[0]?.queue()).toHaveLength(1);
    nodes[0]?.delete("job");
    await clock.advance(1_010);
    expect(seen.value?.name).toBe("job");
  });

  it("comes for a reservation whose call was lost, by itself", async () => {
    const { clock, nodes, held, seen } = await waiting(1, { expiry: 4_000 });
    const [node] = nodes as [(typeof nodes)[0]];
    node.losesCalls = true;
    await held.unlock();
    expect(node.called).toHaveLength(1);
    await clock.advance(1_010);
    expect(seen.value?.name).toBe("job");
  });
});

it("whoever waits asks by itself also if a node does not tell for how long the name is taken", async () => {
  const { clock, nodes, held, seen } = await waiting(1);
  const [node] = nodes as [(typeof nodes)[0]];
  // As a node whose users may not ask for a TTL.
  node.tell = (reply) =>
    (reply as Reply[]).map((each) => (Array.isArray(each) ? [0, -2, ...each.slice(2)] : each));
  await clock.advance(2_000);
  await held.extend();
  node.losesCalls = true;
  await held.unlock();
  await clock.advance(2_000);
  expect(seen.value?.name).toBe("job");
});

describe("calls", () => {
  it("of a quorum of nodes wake it at once", async () => {
    const { clock, nodes, held, seen } = await waiting(3);
    const [, , last] = nodes as [unknown, unknown, (typeof nodes)[0]];
    const never = new Promise<void>(() => {});
    last.before = ([asked]) => (asked?.operation === "release" ? never : undefined);
    const before = clock.time;
    await held.unlock();
    await clock.advance(0);
    expect(clock.time).toBe(before);
    expect(nodes.map(({ called }) => called.length)).toEqual([1, 1, 0]);
    expect(seen.value?.name).toBe("job");
  });

  it("of a single node wake it after 10 ms", async () => {
    const { clock, nodes, seen } = await waiting(3);
    const [first] = nodes as [(typeof nodes)[0]];
    const asked = () => wordsOf(first, "waiter").length;
    const before = asked();
    const id = first.queue()[0]?.[0] as string;
    // The reservation of one node: the holder's release has reached no other yet.
    const release = first.get("job") as string;
    const channel = `redsync:${id.slice(2).split(":")[0]}`;
    first.set("job", id, 400);
    await first.for("test").send(["PUBLISH", channel, id]);
    await clock.advance(9);
    expect(asked()).toBe(before);
    await clock.advance(2);
    expect(asked()).toBeGreaterThan(before);
    expect(seen.value).toBeUndefined();
    expect(release).toMatch(/^@/);
    // The others still have it: what was granted is undone, and the waiter is entered again.
    await clock.advance(10);
    expect(wordsOf(first, "waiter")).toContain("release +later entry");
    expect(nodes.map((node) => node.queue().length)).toEqual([1, 1, 1]);
  });

  it("of a single node that comes again and again wake it ever less often, until a quorum calls", async () => {
    const { clock, nodes, held, seen } = await waiting(3);
    const [first] = nodes as [(typeof nodes)[0]];
    const asked = () => wordsOf(first, "waiter").filter((word) => word.startsWith("acquire")).length;
    // This node is not the holder's: it calls the waiter, who finds the others taken and gives back what it granted.
    const id = first.queue()[0]?.[0] as string;
    const call = async () => {
      const [before, { time }] = [asked(), clock];
      first.set("job", id, 400);
      await first.for("test").send(["PUBLISH", `redsync:${id.slice(2).split(":")[0]}`, id]);
      while (asked() === before) await clock.advance(1);
      await clock.advance(1);
      return clock.time - time - 1;
    };
    const waits: number[] = [];
    for (let turn = 0; turn < 7; turn++) waits.push(await call());
    expect(waits).toEqual([10, 20, 40, 80, 160, 200, 200]);
    await held.unlock();
    await clock.advance(0);
    expect(seen.value?.name).toBe("job");
  });

  it("that come while the lock is held are taken up like a repair", async () => {
    const { clock, nodes, held, seen } = await waiting(3);
    const [, , last] = nodes as [unknown, unknown, (typeof nodes)[0]];
    const late = gate();
    last.before = ([asked], by) =>
      by === "holder" && asked?.operation === "release" ? late.promise : undefined;
    await held.unlock();
    await clock.advance(1);
    const lock = seen.value as NonNullable<typeof seen.value>;
    expect(last.get("job")).toBe(held.value);
    late.resolve();
    await clock.advance(1);
    expect(wordsOf(last, "waiter").at(-1)).toBe("repair +entry");
    expect(nodes.map((node) => node.get("job"))).toEqual(Array(3).fill(lock.value));
    expect(nodes.map((node) => node.queue())).toEqual([[], [], []]);
    expect(await lock.unlock()).toBe("released");
    await clock.advance(1);
    expect(nodes.map((node) => [node.get("job"), node.queue()])).toEqual(Array(3).fill([undefined, []]));
  });

  it("that come between an attempt and its grant are taken up like a repair", async () => {
    const { clock, nodes, held, seen } = await waiting(3);
    const [first, second, last] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]];
    const [released, granted] = [gate(), gate()];
    last.before = ([asked], by) =>
      by === "holder" && asked?.operation === "release" ? released.promise : undefined;
    for (const node of [first, second])
      node.after = ([asked], by) =>
        by === "waiter" && asked?.operation === "acquire" ? granted.promise : undefined;
    await held.unlock();
    await clock.advance(1);
    expect([first.get("job") === second.get("job"), last.get("job")]).toEqual([true, held.value]);
    released.resolve();
    await clock.advance(1);
    expect([last.get("job")?.[0], seen.value]).toEqual(["~", undefined]);
    granted.resolve();
    await clock.advance(1);
    const lock = seen.value as NonNullable<typeof seen.value>;
    expect(nodes.map((node) => node.get("job"))).toEqual(Array(3).fill(lock.value));
    await lock.unlock();
    await clock.advance(1);
    expect(nodes.map((node) => [node.get("job"), node.queue()])).toEqual(Array(3).fill([undefined, []]));
  });

  it("of a node that was asked already, and has not answered, are taken: what it was asked may know of no reservation", async () => {
    const { clock, nodes, held, seen } = await waiting(3);
    const [, , last] = nodes as [unknown, unknown, (typeof nodes)[0]];
    const [released, asked] = [gate(), gate()];
    last.before = ([question], by) =>
      by === "holder" ? released.promise : question?.entry ? asked.promise : undefined;
    await held.unlock();
    await clock.advance(1);
    expect(seen.value?.name).toBe("job");
    released.resolve();
    await clock.advance(1);
    expect(last.get("job")).toMatch(/^~/);
    asked.resolve();
    await clock.advance(1);
    expect(last.get("job")).toBe(seen.value?.value);
    expect(wordsOf(last, "waiter")).toContain("repair +entry");
  });

  it("that come after the lock was unlocked are passed on: nothing stays reserved", async () => {
    const { clock, nodes, held, seen } = await waiting(3);
    const [, , last] = nodes as [unknown, unknown, (typeof nodes)[0]];
    const late = gate();
    last.before = ([asked], by) =>
      by === "holder" && asked?.operation === "release" ? late.promise : undefined;
    await held.unlock();
    await clock.advance(1);
    await seen.value?.unlock();
    await clock.advance(1);
    expect(last.queue()).toEqual([]);
    late.resolve();
    await clock.advance(1);
    expect(last.get("job")).toBeUndefined();
  });

  it("for an id that nobody knows are answered with its leave", async () => {
    const { clock, nodes, waiter, held } = await waiting(1);
    const [node] = nodes as [(typeof nodes)[0]];
    const id = node.queue()[0]?.[0] as string;
    const stray = id.replace(":1:", ":zz:");
    await held.extend();
    node.set("job", stray, 400);
    await node.for("test").send(["PUBLISH", `redsync:${id.slice(2).split(":")[0]}`, stray]);
    await clock.advance(0);
    const left = node.asked.filter(({ value }) => value === stray);
    expect(left).toMatchObject([{ by: "waiter", operation: "release", queue: "{job}:queue", entry: "" }]);
    await waiter.settled;
  });
});

describe("whoever gives up leaves the queues", () => {
  const isEmpty = (nodes: ReturnType<typeof opened>["nodes"]) =>
    expect(nodes.map((node) => node.queue())).toEqual(nodes.map(() => []));

  it("by its signal", async () => {
    const { clock, nodes, controller, seen } = await waiting(3);
    expect(nodes.map((node) => node.queue().length)).toEqual([1, 1, 1]);
    controller.abort("enough");
    await clock.advance(1);
    expect(seen.error).toBe("enough");
    isEmpty(nodes);
    expect(wordsOf(nodes[0] as never, "waiter").at(-1)).toBe("release an id +queue");
  });

  it("by its timeout", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 3);
    const held = await redsyncOf("holder").mutex("job").lock();
    const seen = watched(redsyncOf("waiter").mutex("job").lock({ timeout: 1_500 }));
    await clock.advance(1_000);
    await held.extend();
    expect(nodes.map((node) => node.queue().length)).toEqual([1, 1, 1]);
    await clock.advance(501);
    expect(seen.error).toBeInstanceOf(LockTakenError);
    isEmpty(nodes);
  });

  it("when its tries are spent, which go on by its retryDelay", async () => {
    const { clock, nodes, seen } = await waiting(3, { tries: 3, retryDelay: 300 });
    const began = clock.time;
    while (seen.error === undefined && clock.time < began + 10_000) await clock.advance(10);
    expect(seen.error).toBeInstanceOf(LockTakenError);
    expect(seen.error).toMatchObject({ attempts: 3 });
    expect(Math.abs(clock.time - began - 600)).toBeLessThan(30);
    await clock.advance(1);
    isEmpty(nodes);
  });

  it("and passes on what is kept for it", async () => {
    const { clock, nodes, redsyncOf, held, controller } = await waiting(1);
    const [node] = nodes as [(typeof nodes)[0]];
    const next = watched(redsyncOf("next").mutex("job").lock());
    await clock.advance(1);
    expect(node.queue()).toHaveLength(2);
    node.losesCalls = true;
    await held.unlock();
    node.losesCalls = false;
    controller.abort("enough");
    const before = clock.time;
    await clock.advance(0);
    expect([next.value?.name, clock.time]).toEqual(["job", before]);
  });

  it("also those of a node that is silent, and not to be asked again so soon", async () => {
    const { clock, nodes, held, controller } = await waiting(3);
    const [silent] = nodes as [(typeof nodes)[0]];
    silent.before = (_, by) => (by === "waiter" ? new Promise(() => {}) : undefined);
    for (let turn = 0; turn < 5; turn++) {
      await clock.advance(1_000);
      await held.extend();
    }
    const before = wordsOf(silent, "waiter").length;
    controller.abort("enough");
    await clock.advance(1);
    expect(wordsOf(silent, "waiter").slice(before)).toEqual(["release an id +queue"]);
  });

  it("also where a late answer says that it was entered after it had left", async () => {
    const clock = new HandClock();
    const { nodes, redsyncOf } = opened(clock, 1);
    const [node] = nodes as [(typeof nodes)[0]];
    await redsyncOf("holder").mutex("job").lock();
    const late = gate();
    // Its question with the entry is run last, after its leave.
    node.before = ([asked], by) =>
      by === "waiter" && asked?.operation === "acquire" && asked.entry ? late.promise : undefined;
    const controller = new AbortController();
    const seen = watched(redsyncOf("waiter").mutex("job").lock({ signal: controller.signal }));
    await clock.advance(5);
    controller.abort("enough");
    await clock.advance(5);
    expect(seen.error).toBe("enough");
    expect(node.queue()).toEqual([]);
    late.resolve();
    await clock.advance(5);
    expect(node.queue()).toEqual([]);
    // Beside the undo of its attempt.
    expect(wordsOf(node, "waiter").slice(-2)).toContain("release an id +queue");
  });
});

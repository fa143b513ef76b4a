import { describe, expect, it } from "vitest";
import type { Redsync } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { gate, opened, type QueueNode } from "./queue-node.ts";

/** A lock of "holder", and "waiter", whose `lock()` has begun. */
async function waiting(options = {}) {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [QueueNode];
  const held = await redsyncOf("holder").mutex("job").lock();
  const waiter: Redsync = redsyncOf("waiter");
  const outcome = waiter
    .mutex("job")
    .lock(options)
    .catch((error: { code: string }) => error.code);
  return { clock, node, held, waiter, outcome };
}

describe("a call that ends while it waits", () => {
  it("leaves the queues before close() resolves", async () => {
    const { clock, node, waiter, outcome } = await waiting();
    await clock.advance(1);
    expect(node.queue()).toHaveLength(1);
    const leaving = gate();
    node.before = ([asked], by) =>
      by === "waiter" && asked?.value.startsWith("~") ? leaving.promise : undefined;
    let isClosed = false;
    const closing = waiter.close().then(() => {
      isClosed = true;
    });
    await clock.advance(50);
    expect([await outcome, isClosed]).toEqual(["REDSYNC_CLOSED", false]);
    leaving.resolve();
    await clock.advance(50);
    await closing;
    expect(node.queue()).toEqual([]);
  });

  it("has its attempt undone before its waitUntil's work ends, also one that it began at once", async () => {
    const work: Promise<void>[] = [];
    const { clock, node, held, outcome } = await waiting({
      timeout: 100,
      waitUntil: (each: Promise<void>) => work.push(each),
    });
    // Called while it asks: it asks again as soon as that is answered, without a pause.
    const [asking, granting] = [gate(), gate()];
    node.after = ([asked], by) => {
      if (by !== "waiter" || asked?.operation !== "acquire") return undefined;
      return node.get("job") === asked.value ? granting.promise : asking.promise;
    };
    await clock.advance(1);
    await held.unlock();
    asking.resolve();
    await clock.advance(150);
    expect(await outcome).toBe("REDSYNC_LOCK_TAKEN");
    granting.resolve();
    let isOver = false;
    const over = Promise.all(work).then(() => {
      isOver = true;
      return node.get("job");
    });
    await clock.advance(50);
    expect([isOver, await over]).toEqual([true, undefined]);
  });

  it("gives back what it is granted in the moment in which it is closed", async () => {
    for (let microtasks = 0; microtasks < 40; microtasks++) {
      const { clock, node, held, waiter, outcome } = await waiting();
      await clock.advance(1);
      const granting = gate();
      node.after = ([asked], by) =>
        by === "waiter" && asked?.operation === "acquire" ? granting.promise : undefined;
      await held.unlock();
      await clock.advance(1);
      granting.resolve();
      for (let passed = 0; passed < microtasks; passed++) await Promise.resolve();
      const closing = waiter.close({ timeout: 0 });
      await clock.advance(50);
      await closing;
      const came = await outcome;
      expect([microtasks, node.get("job")]).toEqual([microtasks, undefined]);
      expect(typeof came === "string" ? came : came.remaining()).toBe(
        typeof came === "string" ? "REDSYNC_CLOSED" : 0,
      );
    }
  });
});

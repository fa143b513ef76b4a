import { ok, rejection, same } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import { EXPIRY_20S, RENEWAL_6667MS } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Locks for the length of a callback. */
export const using: readonly Case[] = [
  ...lockCase(
    "using() locks, resolves to what its callback returns, and unlocks",
    { nodes: [1, 3] },
    async (fixture) => {
      const result = { some: "result" };
      const mutex = fixture.mutex();
      const returned = await mutex.using(async (lock) => {
        same(await fixture.keys.values(), fixture.each(lock.value));
        lock.assertHeld();
        return result;
      });
      ok(returned === result, "its result is the callback's");
      await fixture.hasNoKeyLeft();
      same(await mutex.using(() => 42), 42, "of a callback that returns no promise");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("using() lets callbacks in one at a time", { nodes: 1 }, async (fixture) => {
    const mutex = fixture.mutex({ tries: Number.POSITIVE_INFINITY, retryDelay: () => Math.random() * 20 });
    let inside = 0;
    const turn = (number: number) =>
      mutex.using(async (lock) => {
        same(++inside, 1, "callbacks at a time");
        await lock.verify();
        inside--;
        return number;
      });
    same(await Promise.all([0, 1, 2, 3].map(turn)), [0, 1, 2, 3]);
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "using() extends its lock while the callback runs, and not after",
    { nodes: 3 },
    async (fixture) => {
      const extensions = () => fixture.at(0).sent.filter(calling("extend")).length;
      await fixture.timed().using(async (lock) => {
        const first = lock.until.getTime();
        await fixture.clock.advance(RENEWAL_6667MS);
        ok(lock.until.getTime() > first, "it has been extended");
        await fixture.clock.advance(2 * EXPIRY_20S);
        await lock.verify();
      });
      const before = extensions();
      await fixture.hasNoKeyLeft();
      await fixture.clock.advance(EXPIRY_20S);
      same(extensions(), before);
    },
  ),

  ...lockCase(
    "using() rejects with the callback's own error, thrown or rejected with, and unlocks",
    { nodes: [1, 3] },
    async (fixture) => {
      const mutex = fixture.mutex();
      for (const error of [new Error("the callback's own"), "no Error at all", undefined]) {
        const rejecting = mutex.using(async () => {
          throw error;
        });
        ok((await rejection(rejecting)) === error, "it is that very error");
        await fixture.hasNoKeyLeft();
        const throwing = mutex.using(() => {
          throw error;
        });
        ok((await rejection(throwing)) === error, "it is that very error");
        await fixture.hasNoKeyLeft();
      }
    },
  ),

  ...lockCase(
    "the signal that using() is given is for the waiting, not for the callback",
    { nodes: 1 },
    async (fixture) => {
      const controller = new AbortController();
      const { signal } = controller;
      const result = await fixture.mutex().using(
        async (lock) => {
          controller.abort();
          await lock.extend();
          same(lock.signal.aborted, false);
          return "done";
        },
        { signal },
      );
      same(result, "done");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("using() leaves a lock alone that its callback handed over", { nodes: 3 }, async (fixture) => {
    for (const throws of [false, true]) {
      const own = new Error("the callback's own");
      let value = "";
      const using = fixture.mutex().using(async (lock) => {
        value = lock.value;
        lock.handOver();
        if (throws) throw own;
        return "handed over";
      });
      if (throws) ok((await rejection(using)) === own, "the callback's own error");
      else same(await using, "handed over");
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(value));
      same(await (await fixture.rival().adopt(value)).unlock(), "released");
      await fixture.hasNoKeyLeft();
    }
  }),

  ...lockCase(
    "using() has lost nothing if it ends beside an extension in flight and a minority is taken",
    { nodes: 3, faults: true },
    async (fixture) => {
      await fixture.tampering.takenByOther({ nodes: [2] });
      const slow = gate();
      for (const { inject } of fixture.nodes) inject(slow.reply, calling("extend"));
      const work = fixture.timed().using(async (lock) => {
        void lock.extend().catch(() => {});
        await slow.reached;
        return "done";
      });
      await slow.reached;
      // The callback has returned by then, and the unlock waits.
      await fixture.clock.advance(1);
      await slow.release();
      same(await work, "done");
      await fixture.settled();
      same(await fixture.keys.values(), [null, null, OTHER]);
    },
  ),

  ...lockCase(
    "using() takes an unlock() of its callback for the end of the work",
    { nodes: 1 },
    async (fixture) => {
      const result = await fixture.timed().using(async (lock) => {
        same(await lock.unlock(), "released");
        fixture.clock.ahead += 60_000;
        return "done";
      });
      same(result, "done");
    },
  ),
];

import { LockFailedError, LockTakenError, type Mutex } from "@redsync/core";
import { isA, matches, ok, rejection, same, thrown, until } from "../assert.ts";
import { connectionCut, gate } from "../faults.ts";
import { countOfCommands } from "../faulty-nodes.ts";
import type { Case } from "../harness.ts";
import { lockCase } from "../lock-case.ts";
import { calling } from "../matches.ts";
import { OTHER } from "../tampering.ts";
import { EXPIRY_20S, RENEWAL_6667MS } from "../timings.ts";

/** The mutex, and whether its callback was ever called. */
async function refusal(mutex: Mutex, options?: object): Promise<unknown> {
  let isCalled = false;
  const error = await rejection(
    mutex.using(() => {
      isCalled = true;
    }, options),
  );
  ok(!isCalled, "the callback was not called");
  return error;
}

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

  ...lockCase(
    "using() that does not lock rejects as lock() does, and calls nobody",
    { nodes: 1 },
    async (fixture) => {
      const reason = { because: "the user closed the page" };
      await fixture.tampering.takenByOther();
      ok(
        (await refusal(fixture.mutex(), { signal: AbortSignal.abort(reason) })) === reason,
        "the signal's reason",
      );
      const controller = new AbortController();
      const waiting = refusal(fixture.mutex({ retryDelay: 5_000 }), { signal: controller.signal });
      await until("it was refused", () => countOfCommands(fixture.nodes) > 0);
      controller.abort(reason);
      ok((await waiting) === reason, "the signal's reason");
      isA(await refusal(fixture.mutex(), { timeout: 0 }), LockTakenError);
      isA(await refusal(fixture.mutex({ tries: 1 })), LockTakenError);
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(OTHER));
    },
  ),

  ...lockCase(
    "using() that cannot reach the node rejects as lock() does, and calls nobody",
    { nodes: 1, faults: true },
    async (fixture) => {
      fixture.at(0).inject(connectionCut);
      isA(await refusal(fixture.mutex({ tries: 1 })), LockFailedError);
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

  ...lockCase(
    "setNXOnExtend is a TypeError with using(), autoExtend, fencing or maxHold, and nothing is sent",
    { nodes: 1 },
    async (fixture) => {
      const broken = { setNXOnExtend: true };
      const error = await refusal(fixture.mutex(broken));
      isA(error, TypeError);
      matches(error.message, /setNXOnExtend .*using/);
      for (const unbroken of [{ autoExtend: true }, { fencing: true }, { maxHold: 60_000 }]) {
        for (const [defaults, options] of [
          [broken, unbroken],
          [unbroken, broken],
        ] as const) {
          const redsync = fixture.redsync(defaults);
          const refused = thrown(() => redsync.mutex(fixture.name, options));
          isA(refused, TypeError);
          matches(refused.message, new RegExp(`setNXOnExtend .*${Object.keys(unbroken)}`));
          isA(
            thrown(() => fixture.redsync({ ...defaults, ...options })),
            TypeError,
          );
        }
      }
      same(countOfCommands(fixture.nodes), 0);
    },
  ),

  ...lockCase(
    "a callback that is no function is a TypeError, and nothing is sent",
    { nodes: 1 },
    async (fixture) => {
      for (const callback of [undefined, null, {}, "callback"]) {
        const error = await rejection(fixture.mutex().using(callback as unknown as () => void));
        isA(error, TypeError);
        matches(error.message, /callback must be a function/);
      }
      same(countOfCommands(fixture.nodes), 0);
    },
  ),
];

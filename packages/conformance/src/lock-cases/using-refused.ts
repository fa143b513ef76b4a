import { LockFailedError, LockTakenError, type Mutex } from "@redsync/core";
import { abortReason } from "../abort-reason.ts";
import { isA, matches, ok, rejection, same, thrown, until } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { OTHER } from "../fixture/tampering.ts";
import type { Case } from "../harness.ts";

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

/** Callbacks that are not called. */
export const usingRefused: readonly Case[] = [
  ...lockCase(
    "using() that does not lock rejects as lock() does, and calls nobody",
    { nodes: 1 },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      ok(
        (await refusal(fixture.mutex(), { signal: AbortSignal.abort(abortReason) })) === abortReason,
        "the signal's reason",
      );
      const controller = new AbortController();
      const waiting = refusal(fixture.mutex({ retryDelay: 5_000 }), { signal: controller.signal });
      await until("it was refused", () => countOfCommands(fixture.nodes) > 0);
      controller.abort(abortReason);
      ok((await waiting) === abortReason, "the signal's reason");
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

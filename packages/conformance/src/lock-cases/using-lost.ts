import { LockLostError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";

/** What the callback returned, wrapped in the loss. */
async function lossOf(using: Promise<unknown>, reason: "expired" | "taken", result: unknown) {
  const error = await rejection(using);
  isA(error, LockLostError);
  same([error.code, error.reason], ["REDSYNC_LOCK_LOST", reason]);
  ok(error.result === result, "its result is what the callback returned");
  return error;
}

/** Locks that did not last for the length of their callback, or that may not have. */
export const usingLost: readonly Case[] = [
  ...lockCase(
    "no loss masks the callback's own error: it goes to onEvent, also if nobody had noticed it",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const own = new Error("the callback's own");
      for (const isNoticed of [true, false]) {
        const recorded = new Recorder();
        const using = fixture.mutex({ onEvent: recorded.onEvent }).using(async (lock) => {
          await fixture.tampering.takenByOther();
          if (isNoticed) await rejection(lock.verify());
          throw own;
        });
        ok((await rejection(using)) === own, "it is that very error");
        same(
          recorded
            .of("lost", "released")
            .map((event) => [event.type, "reason" in event ? event.reason : event.result]),
          isNoticed
            ? [
                ["lost", "taken"],
                ["released", "taken"],
              ]
            : [["released", "taken"]],
        );
        await fixture.settled();
        same(await fixture.keys.values(), fixture.each(OTHER));
        await fixture.tampering.forget();
      }
    },
  ),

  ...lockCase(
    "no unlock that fails masks the callback's own error, or its result: it goes to onEvent",
    { nodes: 3, faults: true },
    async (fixture) => {
      const own = new Error("the callback's own");
      for (const throws of [true, false]) {
        const recorded = new Recorder();
        const mending = fixture.nodes.map(({ inject }) => inject(connectionCut, calling("release")));
        const using = fixture.mutex({ onEvent: recorded.onEvent }).using(() => {
          if (throws) throw own;
          return own;
        });
        ok((await (throws ? rejection(using) : using)) === own, "it is the callback's own");
        same(
          recorded.of("failed").map(({ code, error }) => `${code} ${error.outcomes.length}`),
          [`REDSYNC_UNLOCK_FAILED ${fixture.nodes.length}`],
        );
        for (const mend of mending) mend();
        await fixture.hasNoKeyLeft();
      }
    },
  ),

  ...lockCase(
    "using() rejects with LockLostError and the result if the lock ran out meanwhile",
    { nodes: 1 },
    async (fixture) => {
      const result = { some: "result" };
      // The callback waits for the end that the signal reports.
      const using = fixture.timed({ maxHold: 5_000 }).using(async ({ signal }) => {
        await fixture.clock.pass(new Promise((resolve) => signal.addEventListener("abort", resolve)));
        return result;
      });
      await lossOf(using, "expired", result);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "using() rejects with LockLostError and the result if only the clock shows the loss",
    { nodes: 1 },
    async (fixture) => {
      const recorded = new Recorder();
      const result = { some: "result" };
      const using = fixture.timed({ onEvent: recorded.onEvent }).using(() => {
        fixture.clock.ahead += 60_000;
        return result;
      });
      await lossOf(using, "expired", result);
      same(recorded.of("lost").length, 1, "losses reported");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "using() rejects with LockLostError and the result if the nodes show the loss, even to the unlock alone",
    { nodes: [1, 3] },
    async (fixture) => {
      const result = { some: "result" };
      for (const isNoticed of [true, false]) {
        const using = fixture.mutex({ failFast: false }).using(async (lock) => {
          await fixture.tampering.takenByOther();
          if (isNoticed) await rejection(lock.extend());
          return result;
        });
        const error = await lossOf(using, "taken", result);
        if (isNoticed) {
          same(
            error.outcomes.map(({ status }) => status),
            fixture.each("taken"),
          );
        }
        await fixture.settled();
        same(await fixture.keys.values(), fixture.each(OTHER), "somebody else's lock is left alone");
        await fixture.tampering.forget();
      }
      const using = fixture.mutex().using(async (lock) => {
        await fixture.tampering.forget();
        await rejection(lock.verify());
        return result;
      });
      await lossOf(using, "expired", result);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "using() rejects with LockLostError if its renewal could not reach the nodes",
    { nodes: 3, faults: true },
    async (fixture) => {
      for (const { inject } of fixture.nodes) inject(connectionCut, calling("extend"));
      const using = fixture.timed().using(async ({ signal }) => {
        await fixture.clock.advance(EXPIRY_20S);
        ok(signal.aborted, "the signal has aborted");
        return "done";
      });
      const { cause } = await lossOf(using, "expired", "done");
      isA(cause, LockLostError);
      same(
        cause.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
        "what the nodes had said to the last extension",
      );
    },
  ),
];

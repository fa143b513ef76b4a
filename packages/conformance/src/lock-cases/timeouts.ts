import { LockFailedError, type LockOptions, LockTakenError, type MutexOptions } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { gatesAt } from "../fixture/gates.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import type { Case } from "../harness.ts";

/** Giving up after a time. */
export const timeouts: readonly Case[] = [
  ...lockCase(
    "a timeout ends the waiting with the last attempt's reason",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      let isOver = false;
      const locking = rejection(
        fixture.timed({ tries: Number.POSITIVE_INFINITY }).lock({ timeout: 150 }),
      ).finally(() => {
        isOver = true;
      });
      await fixture.clock.advance(149);
      same(isOver, false, "it has given up before the timeout");
      await fixture.clock.advance(1);
      same(isOver, true, "it has given up at the timeout");
      isA(await locking, LockTakenError);
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(OTHER));
    },
  ),

  ...lockCase(
    "a timeout cuts short the pause between two attempts",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      let isOver = false;
      const locking = rejection(fixture.timed({ retryDelay: 5_000 }).lock({ timeout: 100 })).finally(() => {
        isOver = true;
      });
      await fixture.clock.advance(100);
      same(isOver, true, "it has given up before the pause was over");
      isA(await locking, LockTakenError);
    },
  ),

  ...lockCase(
    "a timeout cuts short an attempt that hangs, and leaves no key",
    { nodes: 3, faults: true },
    async (fixture) => {
      const held = gatesAt(fixture.nodes, "reply", calling("acquire"));
      const locking = rejection(fixture.timed().lock({ timeout: 100 }));
      await fixture.clock.advance(100);
      isA(await locking, LockFailedError);
      await Promise.all(held.map(({ release }) => release()));
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a timeout alone bounds the waiting unless tries are given too, and the error says which limit ended it",
    { nodes: [1, 3] },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      const endOf = async (options: MutexOptions, call: LockOptions) => {
        const locking = rejection(fixture.timed({ retryDelay: 10, ...options }).lock(call));
        await fixture.clock.advance(405);
        const error = await locking;
        isA(error, LockTakenError);
        const [, limit] = /ended by (.*?):/.exec(error.message) ?? [];
        return [error.attempts, error.timedOut, limit];
      };
      same(await endOf({}, { timeout: 405 }), [41, true, "its timeout"]);
      same(await endOf({ tries: 5 }, { timeout: 405 }), [5, false, "its tries"]);
      same(await endOf({}, {}), [32, false, "its tries"]);
      same(await endOf({}, { timeout: 0 }), [1, false, "its tries"]);
    },
  ),

  ...lockCase("a timeout of 0 makes one attempt", { nodes: 1 }, async (fixture) => {
    const lock = await fixture.mutex().lock({ timeout: 0 });
    const before = countOfCommands(fixture.nodes);
    isA(await rejection(fixture.mutex().lock({ timeout: 0 })), LockTakenError);
    same(countOfCommands(fixture.nodes), before + 1);
    await lock.unlock();
  }),
];

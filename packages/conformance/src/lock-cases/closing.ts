import { ClosedError, LockLostError } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { expiry20sRound10s } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** `redsync.close()`: for a process that stops. */
export const closing: readonly Case[] = [
  ...lockCase(
    "close() refuses what comes and what waits, lets what is held go on, and resolves once it is unlocked",
    { nodes: 3, needs: ["lines"] },
    async (fixture) => {
      const redsync = fixture.redsync();
      const mutex = redsync.mutex(fixture.name);
      const lock = await mutex.lock();
      const waiters = [
        rejection(mutex.lock({ timeout: 60_000 })),
        rejection(redsync.mutex(fixture.name, { fair: false, retryDelay: 60_000 }).lock()),
        rejection(mutex.using(() => "never", { timeout: 60_000 })),
      ];
      let isClosed = false;
      const closing = redsync.close().then(() => {
        isClosed = true;
      });
      const late = [mutex.lock(), mutex.tryLock(), mutex.using(() => 1), mutex.adopt(lock.value)].map(
        rejection,
      );
      for (const error of await Promise.all([...waiters, ...late])) isA(error, ClosedError);
      await lock.verify();
      await lock.extend();
      same(isClosed, false, "closed while a lock is held");
      same(await lock.unlock(), "released");
      await closing;
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "close() ends what is held after its timeout: the signal aborts, using() rejects, the name is free",
    { nodes: 3, needs: ["lines"] },
    async (fixture) => {
      const redsync = fixture.redsync({ ...expiry20sRound10s, autoExtend: true });
      const lock = await redsync.mutex(fixture.another()).lock();
      let begin = () => {};
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const using = rejection(
        redsync.mutex(fixture.name).using(async ({ signal }) => {
          begin();
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          return "what was done";
        }),
      );
      await begun;
      await redsync.close({ timeout: 0 });
      const error = await using;
      isA(error, LockLostError);
      same([error.reason, error.result], ["closed", "what was done"]);
      same((lock.signal.reason as LockLostError).reason, "closed");
      same(lock.remaining(), 0);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "close() is one promise, and a later call may shorten its timeout",
    { nodes: 1, needs: ["lines"] },
    async (fixture) => {
      const redsync = fixture.redsync();
      const lock = await redsync.mutex(fixture.name).lock();
      const closing = redsync.close({ timeout: 3_600_000 });
      same(redsync.close({ timeout: 0 }) === closing, true, "the same promise");
      await closing;
      same((lock.signal.reason as LockLostError).reason, "closed");
      same(await redsync[Symbol.asyncDispose](), undefined);
    },
  ),

  ...lockCase(
    "close() waits for no lock that was handed over, and leaves it",
    { nodes: 1 },
    async (fixture) => {
      const redsync = fixture.redsync();
      const lock = await redsync.mutex(fixture.name).lock();
      lock.handOver();
      await redsync.close();
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await (await fixture.rival().adopt(lock.value)).unlock(), "released");
    },
  ),

  ...lockCase(
    "close() leaves the value of an adoption under way to its giver",
    { nodes: 1, faults: true, needs: ["lines"] },
    async (fixture) => {
      const giver = await fixture.rival().lock();
      giver.handOver();
      const redsync = fixture.redsync();
      const adopting = gate();
      fixture.at(0).inject(adopting.reply, calling("adopt"));
      const adoption = rejection(redsync.mutex(fixture.name).adopt(giver.value));
      await adopting.reached;
      const closing = redsync.close();
      await adopting.release();
      isA(await adoption, ClosedError);
      await closing;
      same(await fixture.keys.values(), fixture.each(giver.value));
      same(await giver.unlock(), "released");
    },
  ),

  ...lockCase(
    "close() gives back what an attempt under way is granted",
    { nodes: 3, faults: true, needs: ["lines"] },
    async (fixture) => {
      const redsync = fixture.redsync();
      const acquiring = gate();
      for (const node of [0, 1, 2]) fixture.at(node).inject(acquiring.reply, calling("acquire"));
      const locking = rejection(redsync.mutex(fixture.name).lock());
      await acquiring.reached;
      const closing = redsync.close();
      await acquiring.release();
      isA(await locking, ClosedError);
      await closing;
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("close() refuses a wrong option before it closes", { nodes: 1 }, async (fixture) => {
    const redsync = fixture.redsync();
    isA(await rejection(redsync.close({ timeout: -1 })), RangeError);
    isA(await rejection(redsync.close({ expiry: 1 } as never)), TypeError);
    same(await (await redsync.mutex(fixture.name).lock()).unlock(), "released");
  }),
];

import { LockFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";
import { renewing } from "../renewing.ts";

/** The longest that a lock is held. */
export const maxHold: readonly Case[] = [
  ...lockCase("maxHold ends the lock, however often it is extended", { nodes: 1 }, async (fixture) => {
    const maxHold = 10_000;
    const { clock } = fixture;
    const mutex = fixture.timed({ maxHold });
    for (const adopts of [false, true]) {
      const given = await mutex.lock();
      if (adopts) clock.ahead += 5_000;
      const lock = adopts ? await mutex.adopt(given.value) : given;
      const end = lock.until.getTime();
      ok(end <= clock.wall() + maxHold, "it is held no longer than that");
      for (let twice = 0; twice < 2; twice++) {
        clock.ahead += 3_000;
        await lock.extend();
        ok(
          Math.abs(lock.until.getTime() - end) <= 2,
          `until ${lock.until.getTime() - end} ms after its first end`,
        );
      }
      clock.ahead += 4_100;
      isA(await rejection(lock.extend()), LockLostError);
      same(await lock.unlock(), "released");
      await fixture.settled();
    }
  }),

  ...lockCase(
    "no grant is taken that comes after maxHold, and no key is left",
    { nodes: 1, faults: true },
    async (fixture) => {
      const slow = gate();
      fixture.at(0).inject(slow.reply, calling("acquire"));
      const locking = rejection(fixture.timed({ maxHold: 30, tries: 1 }).lock());
      await fixture.clock.advance(30);
      await slow.release();
      const error = await locking;
      isA(error, LockFailedError);
      matches(error.message, /1 of 1 nodes granted it, and 1 must within its validity of 30 ms/);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("maxHold ends the renewal too, and the loss says so", { nodes: 1 }, async (fixture) => {
    const recorded = new Recorder();
    const maxHold = 1.5 * EXPIRY_20S;
    const lock = await fixture.timed({ ...renewing, maxHold, onEvent: recorded.onEvent }).lock();
    await fixture.clock.advance(maxHold - 2);
    same(recorded.of("lost").length, 0, "losses reported before its time has come");
    ok(recorded.of("extended").length > 2, "it was extended before");
    await fixture.clock.advance(2);
    const [lost] = recorded.of("lost");
    isA(lost?.error, LockLostError);
    same(lost.reason, "expired");
    matches(lost.error.message, new RegExp(`maxHold of ${maxHold} ms`));
    same(lock.remaining(), 0);
    await fixture.settled();
    same(fixture.clock.timers, 0, "timers that are left");
  }),

  ...lockCase(
    "a maxHold shorter than the expiry is named as what ended the lock",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.timed({ maxHold: 30 }).lock();
      await fixture.clock.advance(30);
      same(lock.remaining(), 0);
      const error = await rejection(lock.verify());
      isA(error, LockLostError);
      matches(error.message, /maxHold of 30 ms/);
      same(await lock.unlock(), "released");
    },
  ),
];

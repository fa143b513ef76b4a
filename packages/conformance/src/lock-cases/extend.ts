import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same, until } from "../assert.ts";
import { connectionCut, gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER, OTHERS_EXPIRY } from "../fixture/tampering.ts";
import { EXPIRY_20S, expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { expiredLock, lossFrom, sendsNothing } from "../lost-locks.ts";

/** Extending. */
export const extend: readonly Case[] = [
  ...lockCase(
    "extend() gives the key its full expiry again on every node",
    { nodes: [1, 2, 3, 4, 5] },
    async (fixture) => {
      const lock = await fixture.mutex({ expiry: EXPIRY_20S }).lock();
      await fixture.tampering.expireIn(10_000);
      const before = lock.until.getTime();
      await until("the clock has moved", () => Date.now() > before - EXPIRY_20S * 0.99 + 2);
      const started = performance.now();
      await lock.extend();
      await fixture.settled();
      await fixture.keys.haveTtl(EXPIRY_20S, started);
      ok(lock.until.getTime() > before, "until has moved");
      same(await fixture.keys.values(), fixture.each(lock.value));
      await lock.unlock();
    },
  ),

  ...lockCase(
    "extend() of a lock that has run out is LockLostError, expired, and sends nothing",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await expiredLock(fixture);
      await sendsNothing(fixture, () => lossFrom(lock.extend(), "expired"));
      same(await fixture.keys.values(), fixture.each(null));
    },
  ),

  ...lockCase("a lock whose keys are gone is lost for good", { nodes: [1, 2, 3] }, async (fixture) => {
    const lock = await fixture.mutex().lock();
    await fixture.tampering.forget();
    const error = await lossFrom(lock.extend(), "expired");
    same(
      error.outcomes.map(({ status }) => status),
      fixture.each("absent"),
    );
    same(lock.remaining(), 0);
    await sendsNothing(fixture, () => lossFrom(lock.extend(), "expired"));
    isA(await rejection(Promise.resolve().then(() => lock.assertHeld())), LockLostError);
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "a lock whose name somebody else took is lost, and the other's key stays as it is",
    { nodes: [1, 2, 3] },
    async (fixture) => {
      const lock = await fixture.mutex({ failFast: false }).lock();
      await fixture.tampering.takenByOther();
      const error = await lossFrom(lock.extend(), "taken");
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("taken"),
      );
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(OTHER));
      for (const ttl of await fixture.keys.ttls()) ok(ttl > OTHERS_EXPIRY / 2, `the other's TTL: ${ttl}`);
      same(await lock.unlock(), "taken");
      same(await fixture.keys.values(), fixture.each(OTHER));
    },
  ),

  ...lockCase(
    "says taken if a taken node and an empty one together rule out a quorum",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await fixture.tampering.forget({ nodes: [0] });
      await fixture.tampering.takenByOther({ nodes: [1] });
      await lossFrom(lock.extend(), "taken");
      await fixture.settled();
      same(await fixture.keys.values(), [null, OTHER, null], "our own key is taken back where it still was");
    },
  ),

  ...lockCase(
    "survives that one of three nodes lost the key, or gave it to somebody else",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await fixture.tampering.takenByOther({ nodes: [2] });
      await lock.extend();
      ok(lock.remaining() > 0, "it is held");
      same(await lock.unlock(), "released");
      await fixture.settled();
      same(await fixture.keys.values(), [null, null, OTHER]);
    },
  ),

  ...lockCase(
    "extend() is ExtendFailedError if too few nodes answer, and the lock stays held until its old end",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const before = lock.until.getTime();
      const mending = fixture.nodes.map(({ inject }) => inject(connectionCut, calling("extend")));
      const error = await rejection(lock.extend());
      isA(error, ExtendFailedError);
      same(error.code, "REDSYNC_EXTEND_FAILED");
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
      );
      matches(error.message, new RegExp(`0 of ${fixture.nodes.length} nodes extended it`));
      same(lock.until.getTime(), before);
      lock.assertHeld();
      same(await fixture.keys.values(), fixture.each(lock.value));
      for (const mend of mending) mend();
      await lock.extend();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "ends an extension at its deadline if the nodes hang for ever",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed(expiry20sRound1s).lock();
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.delivery, calling("extend"));
      const extending = rejection(lock.extend());
      await fixture.clock.advance(ROUND_1S);
      isA(await extending, ExtendFailedError);
      same(await lock.unlock(), "released");
      await stuck.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an extension confirmed only past its new end is a loss, and is taken back",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const options = { expiry: EXPIRY_20S, driftFactor: 0.75, timeoutFactor: 0.99 };
      const lock = await fixture.timed(options).lock();
      const slow = gate();
      for (const { inject } of fixture.nodes) inject(slow.reply, calling("extend"));
      const extending = lossFrom(lock.extend(), "expired");
      // The validity is 4,998 ms, and the deadline comes after it.
      await fixture.clock.advance(4_998);
      same(await fixture.keys.values(), fixture.each(lock.value), "while the extension may still confirm it");
      await slow.release();
      await extending;
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("extensions at the same time all succeed", { nodes: 1 }, async (fixture) => {
    const lock = await fixture.mutex().lock();
    await Promise.all([lock.extend(), lock.extend(), lock.extend()]);
    await lock.verify();
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),
];

import { LockLostError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import type { Case } from "../harness.ts";
import { expiredLock, lossFrom, sendsNothing } from "../lost-locks.ts";

/** Extensions that may take a free name. */
export const setNXOnExtend: readonly Case[] = [
  ...lockCase(
    "setNXOnExtend takes an expired name again",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await expiredLock(fixture, { setNXOnExtend: true });
      await lock.extend();
      ok(lock.remaining() > 0, "it is held again");
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "setNXOnExtend leaves a name alone that somebody else has taken",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await expiredLock(fixture, { setNXOnExtend: true });
      await fixture.tampering.takenByOther();
      await lossFrom(lock.extend(), "taken");
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(OTHER));
    },
  ),

  ...lockCase(
    "no extension that began before a loss revives the lock, with setNXOnExtend",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex({ setNXOnExtend: true }).lock();
      const held = gate();
      fixture.at(0).inject(held.reply, calling("acquire"));
      const extending = rejection(lock.extend());
      await held.reached;
      await fixture.tampering.takenByOther();
      const loss = await rejection(lock.verify());
      isA(loss, LockLostError);
      await held.release();
      ok((await extending) === loss, "the extension rejects with the loss");
      same(lock.remaining(), 0);
    },
  ),

  ...lockCase(
    "setNXOnExtend does not take again what unlock() has given back",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.mutex({ setNXOnExtend: true }).lock();
      await lock.unlock();
      await sendsNothing(fixture, () => lossFrom(lock.extend(), "expired"));
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("an extension never creates the key without setNXOnExtend", { nodes: 1 }, async (fixture) => {
    const lock = await fixture.mutex().lock();
    await fixture.tampering.forget();
    await lossFrom(lock.extend(), "expired");
    await fixture.hasNoKeyLeft();
  }),
];

import { LockFailedError, LockLostError } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { gatesAt } from "../fixture/gates.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Asking the nodes, and the clock. */
export const verify: readonly Case[] = [
  ...lockCase(
    "verify() resolves while a quorum holds the value, and changes nothing",
    { nodes: [1, 3] },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await fixture.tampering.expireIn(10_000);
      if (fixture.nodes.length > 1) await fixture.tampering.forget({ nodes: [0] });
      await lock.verify();
      await fixture.settled();
      for (const ttl of await fixture.keys.ttls()) same(ttl <= 10_000, true, "the TTL is what it was");
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "verify() is LockLostError if a quorum has nothing, or somebody else's value",
    { nodes: [1, 3] },
    async (fixture) => {
      for (const [reason, lose] of [
        ["expired", () => fixture.tampering.forget()],
        ["taken", () => fixture.tampering.takenByOther()],
      ] as const) {
        const lock = await fixture.mutex().lock();
        await lose();
        const error = await rejection(lock.verify());
        isA(error, LockLostError);
        same(error.reason, reason);
        same(lock.remaining(), 0);
        await fixture.tampering.forget();
      }
    },
  ),

  ...lockCase(
    "verify() is LockFailedError if too few nodes answer to know, and the lock stays held",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const mending = [0, 1].map((node) => fixture.at(node).inject(connectionCut));
      isA(await rejection(lock.verify()), LockFailedError);
      lock.assertHeld();
      for (const mend of mending) mend();
      await lock.verify();
      await lock.unlock();
    },
  ),

  ...lockCase(
    "verify() takes nothing back that an unlock() beside it has deleted",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await fixture.tampering.forget();
      const slow = gatesAt(fixture.nodes, "reply", calling("verify"));
      const verifying = rejection(lock.verify());
      await Promise.all(slow.map(({ reached }) => reached));
      same(await lock.unlock(), "released", "a delete that finds nothing while the clock says valid");
      await Promise.all(slow.map((held) => held.release()));
      isA(await verifying, LockLostError);
      await fixture.settled();
      for (const { sent } of fixture.nodes) same(sent.filter(calling("release")).length, 1, "the deletes");
    },
  ),

  ...lockCase(
    "verify() and assertHeld() are LockLostError once it has run out, and send nothing",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.timed().lock();
      await fixture.clock.advance(EXPIRY_20S);
      const before = countOfCommands(fixture.nodes);
      isA(await rejection(lock.verify()), LockLostError);
      isA(await rejection((async () => lock.assertHeld())()), LockLostError);
      same(countOfCommands(fixture.nodes), before);
    },
  ),

  ...lockCase(
    "counts the time that the wall clock saw pass, also if the monotonic clock stood still",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const asleep = atWallClock(60_000, () => lock.remaining());
      same(asleep, 0, "what remains after a sleep of a minute");
      await lock.unlock();
    },
  ),

  ...lockCase("gains nothing if the wall clock is set back", { nodes: 1 }, async (fixture) => {
    const lock = await fixture.mutex().lock();
    const before = lock.remaining();
    const setBack = atWallClock(-60_000, () => lock.remaining());
    same(setBack <= before, true, `what remains is no more than before: ${setBack}, ${before}`);
    await lock.unlock();
  }),
];

/** Runs with a wall clock that was set; synchronously, so that nobody else sees it. */
function atWallClock<T>(ahead: number, run: () => T): T {
  const { now } = Date;
  Date.now = () => now() + ahead;
  try {
    return run();
  } finally {
    Date.now = now;
  }
}

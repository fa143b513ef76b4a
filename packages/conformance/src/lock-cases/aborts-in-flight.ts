import { abortReason } from "../abort-reason.ts";
import { ok, rejection, same } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { gatesAt } from "../fixture/gates.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Aborts while nodes have yet to answer. */
export const abortsInFlight: readonly Case[] = [
  ...lockCase(
    "leaves no key behind when the caller aborts in flight, before the nodes have run it",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const held = gatesAt(fixture.nodes, "delivery", calling("acquire"));
      const controller = new AbortController();
      const locking = rejection(fixture.mutex().lock({ signal: controller.signal }));
      await Promise.all(held.map(({ reached }) => reached));
      controller.abort(abortReason);
      ok(
        (await locking) === abortReason,
        "it rejects with the signal's abortReason, before the nodes answer",
      );
      await Promise.all(held.map(({ release }) => release()));
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "leaves no key behind when the caller aborts in flight, after the nodes have run it",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const held = gatesAt(fixture.nodes, "reply", calling("acquire"));
      const controller = new AbortController();
      const locking = rejection(fixture.mutex().tryLock({ signal: controller.signal }));
      await Promise.all(held.map(({ reached }) => reached));
      ok(!(await fixture.keys.values()).includes(null), "the nodes have run it");
      controller.abort(abortReason);
      ok(
        (await locking) === abortReason,
        "it rejects with the signal's abortReason, before the nodes answer",
      );
      await Promise.all(held.map(({ release }) => release()));
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "leaves no key behind when the caller aborts and the nodes never answer",
    { nodes: 3, faults: true },
    async (fixture) => {
      const held = gatesAt(fixture.nodes, "reply", calling("acquire"));
      const controller = new AbortController();
      const locking = rejection(fixture.timed(expiry20sRound1s).lock({ signal: controller.signal }));
      await Promise.all(held.map(({ reached }) => reached));
      controller.abort(abortReason);
      ok((await locking) === abortReason, "it rejects with the signal's reason");
      await fixture.clock.advance(ROUND_1S);
      same(await fixture.keys.values(), fixture.each(null), "what is left at the deadline");
      await Promise.all(held.map(({ release }) => release()));
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an abort of extend() or verify() in flight rejects with the reason, and the lock stays held",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      for (const operation of ["extend", "verify"] as const) {
        const held = gate();
        const mend = fixture.at(0).inject(held.reply, calling(operation));
        const controller = new AbortController();
        const call = rejection(lock[operation]({ signal: controller.signal }));
        await held.reached;
        controller.abort(abortReason);
        ok((await call) === abortReason, "it rejects with the signal's reason");
        await held.release();
        mend();
        lock.assertHeld();
      }
      await fixture.settled();
      await lock.verify();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an abort of adopt() in flight leaves the giver's lock alone",
    { nodes: 1, faults: true },
    async (fixture) => {
      const given = await fixture.rival().lock();
      const held = gate();
      fixture.at(0).inject(held.reply, calling("adopt"));
      const controller = new AbortController();
      const adopting = rejection(fixture.mutex().adopt(given.value, { signal: controller.signal }));
      await held.reached;
      controller.abort(abortReason);
      ok((await adopting) === abortReason, "it rejects with the signal's reason");
      await held.release();
      await fixture.settled();
      same(await given.unlock(), "released");
    },
  ),
];

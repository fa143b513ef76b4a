import { LockLostError, UnlockFailedError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut, gate } from "../fixture/faults.ts";
import { gatesAt } from "../fixture/gates.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import { expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Giving back while nodes fail, or an extension is under way. */
export const unlockInDoubt: readonly Case[] = [
  ...lockCase(
    "unlock() rejects with UnlockFailedError if too few nodes answer to know",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      for (const { inject } of fixture.nodes) inject(connectionCut, calling("release"));
      const error = await rejection(lock.unlock());
      isA(error, UnlockFailedError);
      same(error.code, "REDSYNC_UNLOCK_FAILED");
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
      );
      ok((await rejection(lock.unlock())) === error, "a later call rejects with the same error");
      same(lock.remaining(), 0);
    },
  ),

  ...lockCase(
    "a node that deleted says ok, in outcomes and in messages",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      for (const node of [1, 2]) fixture.at(node).inject(connectionCut, calling("release"));
      const error = await rejection(lock.unlock());
      isA(error, UnlockFailedError);
      same(
        error.outcomes.map(({ status }) => status),
        ["ok", "unknown", "unknown"],
      );
      matches(error.message, /could not be unlocked: node 0: ok; node 1: no answer/);
    },
  ),

  ...lockCase(
    "unlock() ends at its deadline if the nodes hang for ever",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed(expiry20sRound1s).lock();
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.delivery, calling("release"));
      let isOver = false;
      const unlocking = rejection(lock.unlock()).finally(() => {
        isOver = true;
      });
      await fixture.clock.advance(ROUND_1S - 1);
      same(isOver, false, "it is over before its deadline");
      await fixture.clock.advance(1);
      same(isOver, true, "it is over at its deadline");
      isA(await unlocking, UnlockFailedError);
      await stuck.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() leaves no key beside an extension in flight, which says so",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      // A grant that is heard of only after the unlock is released at once.
      await fixture.settled();
      const held = gatesAt(fixture.nodes, "reply", calling("extend"));
      const extending = rejection(lock.extend());
      await Promise.all(held.map(({ reached }) => reached));
      const unlocking = lock.unlock();
      await fixture.keys.values();
      const deletes = fixture.nodes.flatMap(({ sent }) => sent.filter(calling("release")));
      same(deletes, [], "deletes that were sent before the extension was answered");
      await Promise.all(held.map(({ release }) => release()));
      same(await unlocking, "released");
      isA(await extending, LockLostError);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() waits for an extension that hangs no longer than its deadline",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed(expiry20sRound1s).lock();
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.delivery, calling("extend"));
      const extending = rejection(lock.extend());
      const unlocking = lock.unlock();
      await fixture.clock.advance(ROUND_1S);
      same(await unlocking, "released");
      isA(await extending, Error);
      await stuck.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "what setNXOnExtend takes after unlock() has passed is given back",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed({ ...expiry20sRound1s, setNXOnExtend: true }).lock();
      const late = gate();
      // With setNXOnExtend an extension runs the acquire script.
      fixture.at(0).inject(late.delivery, first(calling("acquire")));
      const extending = lock.extend().catch(() => {});
      const unlocking = lock.unlock();
      await fixture.clock.advance(ROUND_1S);
      same(await unlocking, "released");
      await extending;
      same(await fixture.keys.values(), fixture.each(null));
      await late.release();
      await fixture.hasNoKeyLeft();
    },
  ),
];

import { LockFailedError, type RedisNode, UnlockFailedError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut, faulty, gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S, expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** A node whose client never answers a delete, and gives it up on its signal. */
const givingUpDeletes = (node: RedisNode) =>
  faulty({
    send: (command, options) => {
      if (!calling("release")(command)) return node.send(command, options);
      const { signal } = options ?? {};
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    },
  });

/** What is settled, and when. */
export const cleanUp: readonly Case[] = [
  ...lockCase("settled() resolves at once if nothing is under way", { nodes: 1 }, async (fixture) => {
    const redsync = fixture.redsync();
    await redsync.settled();
    await (await redsync.mutex(fixture.name).lock()).unlock();
    await redsync.settled();
  }),

  ...lockCase(
    "settled() waits for the undo of a failed attempt",
    { nodes: 3, faults: true },
    async (fixture) => {
      const held = gate();
      fixture.at(0).inject(held.delivery, calling("release"));
      for (const node of [1, 2]) fixture.at(node).inject(connectionCut, calling("acquire"));
      // The attempt itself waits for the undo until the deadline.
      const redsync = fixture.redsync(expiry20sRound1s, fixture.clock);
      isA(await fixture.clock.pass(rejection(redsync.mutex(fixture.name).tryLock())), LockFailedError);
      await held.reached;
      let isSettled = false;
      const settling = redsync.settled().then(() => {
        isSettled = true;
      });
      // Much longer than settled() takes to look again.
      await fixture.clock.advance(ROUND_1S / 10);
      ok(!isSettled, "settled() has not resolved while the undo is under way");
      await held.release();
      await fixture.clock.pass(settling);
      same(await fixture.keys.values(), fixture.each(null));
    },
  ),

  ...lockCase(
    "settled() waits no longer than an expiry or two for a node that never answers",
    { nodes: 1, faults: true },
    async (fixture) => {
      const never = gate();
      fixture.at(0).inject(never.delivery);
      const redsync = fixture.redsync(expiry20sRound1s, fixture.clock);
      isA(await fixture.clock.pass(rejection(redsync.mutex(fixture.name).tryLock())), LockFailedError);
      await fixture.clock.advance(2 * EXPIRY_20S);
      const start = fixture.clock.monotonic();
      await fixture.clock.pass(redsync.settled());
      same(fixture.clock.monotonic() - start, 0, "milliseconds until it has resolved");
      await never.release();
    },
  ),

  ...lockCase(
    "a delete that the client gives up on its signal is not sent again",
    { nodes: 1, faults: true, dress: givingUpDeletes },
    async (fixture) => {
      const lock = await fixture.timed(expiry20sRound1s).lock();
      isA(await fixture.clock.pass(rejection(lock.unlock())), UnlockFailedError);
      await fixture.clock.advance(2 * EXPIRY_20S);
      await fixture.settled();
      same(fixture.at(0).sent.filter(calling("release")).length, 1);
    },
  ),
];

import { LockTakenError } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import { RENEWAL_6667MS } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Takes work over, and tells which of it is done. */
function owner() {
  const handed: Promise<void>[] = [];
  let done = 0;
  const waitUntil = (work: Promise<void>) => {
    handed.push(work);
    void work.then(() => done++);
  };
  return { handed, waitUntil, done: () => done };
}

/** Work that goes on after a call has returned. */
export const work: readonly Case[] = [
  ...lockCase(
    "waitUntil is handed what an aborted call leaves behind, and that ends when no key is left",
    { nodes: 3, faults: true },
    async (fixture) => {
      const { handed, waitUntil, done } = owner();
      const held = gate();
      fixture.at(0).inject(held.reply, calling("acquire"));
      const controller = new AbortController();
      const locking = rejection(
        fixture.mutex({ failFast: false }).lock({ signal: controller.signal, waitUntil }),
      );
      await held.reached;
      controller.abort();
      await locking;
      same([handed.length, done()], [1, 0]);
      await held.release();
      await handed[0];
      same(await fixture.keys.values(), fixture.each(null));
    },
  ),

  ...lockCase(
    "waitUntil is handed the slow minority of a lock and of an unlock, and both end",
    { nodes: 3, faults: true },
    async (fixture) => {
      const { handed, waitUntil } = owner();
      const slow = gate();
      fixture.at(2).inject(slow.reply);
      const lock = await fixture.mutex({ waitUntil }).lock();
      same(handed.length, 1, "what was handed over by lock()");
      await lock.unlock();
      same(handed.length, 2, "what was handed over by lock() and unlock()");
      await slow.release();
      await Promise.all(handed);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a call's waitUntil comes before the mutex's, and serves the calls on its lock",
    { nodes: 3, faults: true },
    async (fixture) => {
      const [ofMutex, ofCall] = [owner(), owner()];
      const slow = gate();
      fixture.at(2).inject(slow.reply);
      const mutex = fixture.mutex({ waitUntil: ofMutex.waitUntil });
      const lock = await mutex.lock({ waitUntil: ofCall.waitUntil });
      await lock.extend();
      await lock.unlock();
      same([ofMutex.handed.length, ofCall.handed.length], [0, 3]);
      await slow.release();
      await Promise.all(ofCall.handed);
    },
  ),

  ...lockCase(
    "waitUntil is handed the repair that an extension leads to, and settled() waits for it",
    { nodes: 3, faults: true },
    async (fixture) => {
      const { handed, waitUntil, done } = owner();
      const lock = await fixture.mutex().lock();
      await fixture.tampering.forget({ nodes: [1] });
      const slow = gate();
      fixture.at(1).inject(slow.delivery, calling("repair"));
      await lock.extend({ waitUntil });
      same([handed.length, done()], [1, 0], "what was handed over, and what is done of it");
      const settling = fixture.settled();
      await slow.release();
      await Promise.all([settling, ...handed]);
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "waitUntil's work ends only with the repair that the last answer to an extension leads to",
    { nodes: 3, faults: true },
    async (fixture) => {
      const { handed, waitUntil, done } = owner();
      const lock = await fixture.mutex().lock();
      await fixture.settled();
      await fixture.tampering.forget({ nodes: [1] });
      const [slow, repairing] = [gate(), gate()];
      fixture.at(1).inject(slow.reply, calling("extend"));
      fixture.at(1).inject(repairing.delivery, calling("repair"));
      await lock.extend({ waitUntil });
      await slow.release();
      await repairing.reached;
      await fixture.keys.values();
      same(done(), 0, "what is done before the repair");
      await repairing.release();
      await Promise.all(handed);
      same([handed.length, await fixture.keys.values()], [1, fixture.each(lock.value)]);
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "waitUntil's work of an aborted extension ends only with its repair",
    { nodes: 3, faults: true },
    async (fixture) => {
      const { handed, waitUntil, done } = owner();
      const lock = await fixture.mutex().lock();
      await fixture.tampering.forget({ nodes: [1] });
      const [slow, repairing] = [gate(), gate()];
      fixture.at(0).inject(slow.reply, calling("extend"));
      fixture.at(1).inject(repairing.delivery, calling("repair"));
      const controller = new AbortController();
      const extending = rejection(lock.extend({ signal: controller.signal, waitUntil }));
      await slow.reached;
      controller.abort();
      await extending;
      await slow.release();
      await repairing.reached;
      await fixture.keys.values();
      same(done(), 0, "what is done before the repair");
      await repairing.release();
      await Promise.all(handed);
      same([handed.length, await fixture.keys.values()], [1, fixture.each(lock.value)]);
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "a renewal's repair is handed to the waitUntil of the lock",
    { nodes: 3, faults: true },
    async (fixture) => {
      const { handed, waitUntil } = owner();
      const lock = await fixture.timed({ autoExtend: true, failFast: false }).lock({ waitUntil });
      await fixture.tampering.forget({ nodes: [1] });
      const slow = gate();
      fixture.at(1).inject(slow.delivery, calling("repair"));
      await fixture.clock.advance(RENEWAL_6667MS);
      same(handed.length, 1, "repairs that were handed over");
      await slow.release();
      await handed[0];
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase("waitUntil is not called if nothing is left to do", { nodes: 1 }, async (fixture) => {
    const { handed, waitUntil } = owner();
    const lock = await fixture.mutex({ waitUntil }).lock();
    await lock.extend();
    await lock.verify();
    isA(await rejection(fixture.mutex({ waitUntil, tries: 1 }).lock()), LockTakenError);
    await lock.unlock();
    same(handed.length, 0);
  }),

  ...lockCase("a waitUntil that throws breaks nothing", { nodes: 3, faults: true }, async (fixture) => {
    const slow = gate();
    fixture.at(2).inject(slow.reply, first(calling("acquire")));
    const waitUntil = () => {
      throw new Error("the request is over");
    };
    const lock = await fixture.mutex({ waitUntil }).lock();
    same(await lock.unlock(), "released");
    await slow.release();
    await fixture.hasNoKeyLeft();
  }),
];

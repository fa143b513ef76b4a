import { LockFailedError, type LockOptions, LockTakenError, type MutexOptions } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { type Gate, gate } from "../faults.ts";
import { countOfCommands } from "../faulty-nodes.ts";
import type { Fixture } from "../fixture.ts";
import type { Case } from "../harness.ts";
import { lockCase } from "../lock-case.ts";
import { calling } from "../matches.ts";
import { OTHER } from "../tampering.ts";
import { expiry20sRound1s, ROUND_1S } from "../timings.ts";

/** Not an Error: a signal's reason may be anything. */
const reason = { because: "the user closed the page" };

function gates(fixture: Fixture, way: "delivery" | "reply"): readonly Gate[] {
  return fixture.nodes.map(({ inject }) => {
    const held = gate();
    inject(held[way], calling("acquire"));
    return held;
  });
}

/** Options for a pause of so many milliseconds after the first attempt, and when it begins. */
function pauseOf(ms: number) {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const retryDelay = () => {
    // A timer's turn later, lock() is in the pause.
    setTimeout(begin);
    return ms;
  };
  return { begun, retryDelay };
}

/** A signal that counts its listeners. */
function watched() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener(...args: Parameters<typeof addEventListener>) {
      listeners++;
      return addEventListener.apply(signal, args);
    },
    removeEventListener(...args: Parameters<typeof removeEventListener>) {
      listeners--;
      return removeEventListener.apply(signal, args);
    },
  });
  return { controller, signal, listeners: () => listeners };
}

/** Giving up: by signal and by timeout. */
export const aborts: readonly Case[] = [
  ...lockCase(
    "a signal that has aborted before rejects every call with its reason, and nothing is sent",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const mutex = fixture.mutex();
      const before = countOfCommands(fixture.nodes);
      const signal = AbortSignal.abort(reason);
      const calls = [
        mutex.lock({ signal }),
        mutex.tryLock({ signal }),
        mutex.adopt("value", { signal }),
        lock.extend({ signal }),
        lock.verify({ signal }),
      ];
      for (const call of calls) ok((await rejection(call)) === reason, "it rejects with the signal's reason");
      same(countOfCommands(fixture.nodes), before);
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "an abort while waiting for the next attempt rejects at once with the reason, and leaves no key",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const foreign = fixture.nodes.length === 1 ? [0] : [0, 1];
      await fixture.tampering.takenByOther({ nodes: foreign });
      const controller = new AbortController();
      const pause = pauseOf(5_000);
      const locking = rejection(
        fixture.timed({ retryDelay: pause.retryDelay }).lock({ signal: controller.signal }),
      );
      await pause.begun;
      controller.abort(reason);
      // The pause itself never ends: no time passes.
      ok((await locking) === reason, "it rejects with the signal's reason");
      await fixture.settled();
      same(
        await fixture.keys.values(),
        fixture.nodes.map((_, node) => (foreign.includes(node) ? OTHER : null)),
      );
    },
  ),

  ...lockCase(
    "leaves no key behind when the caller aborts in flight, before the nodes have run it",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const held = gates(fixture, "delivery");
      const controller = new AbortController();
      const locking = rejection(fixture.mutex().lock({ signal: controller.signal }));
      await Promise.all(held.map(({ reached }) => reached));
      controller.abort(reason);
      ok((await locking) === reason, "it rejects with the signal's reason, before the nodes answer");
      await Promise.all(held.map(({ release }) => release()));
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "leaves no key behind when the caller aborts in flight, after the nodes have run it",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const held = gates(fixture, "reply");
      const controller = new AbortController();
      const locking = rejection(fixture.mutex().tryLock({ signal: controller.signal }));
      await Promise.all(held.map(({ reached }) => reached));
      ok(!(await fixture.keys.values()).includes(null), "the nodes have run it");
      controller.abort(reason);
      ok((await locking) === reason, "it rejects with the signal's reason, before the nodes answer");
      await Promise.all(held.map(({ release }) => release()));
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "leaves no key behind when the caller aborts and the nodes never answer",
    { nodes: 3, faults: true },
    async (fixture) => {
      const held = gates(fixture, "reply");
      const controller = new AbortController();
      const locking = rejection(fixture.timed(expiry20sRound1s).lock({ signal: controller.signal }));
      await Promise.all(held.map(({ reached }) => reached));
      controller.abort(reason);
      ok((await locking) === reason, "it rejects with the signal's reason");
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
        controller.abort(reason);
        ok((await call) === reason, "it rejects with the signal's reason");
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
      controller.abort(reason);
      ok((await adopting) === reason, "it rejects with the signal's reason");
      await held.release();
      await fixture.settled();
      same(await given.unlock(), "released");
    },
  ),

  ...lockCase(
    "an abort after it has locked changes nothing, and the signal has no listener any more",
    { nodes: 1 },
    async (fixture) => {
      const { controller, signal, listeners } = watched();
      const lock = await fixture.mutex().lock({ signal, timeout: 10_000 });
      await lock.extend({ signal });
      await lock.verify({ signal });
      same(await fixture.mutex().tryLock({ signal }), null);
      isA(await rejection(fixture.mutex({ tries: 2 }).lock({ signal })), LockTakenError);
      same(listeners(), 0, "listeners that were left on the signal");
      controller.abort(reason);
      await lock.verify();
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "many calls that wait on one signal have one listener there, and all hear of it",
    { nodes: 1 },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      const { controller, signal, listeners } = watched();
      const mutex = fixture.mutex({ tries: Number.POSITIVE_INFINITY, retryDelay: 20_000 });
      const locking = Array.from({ length: 50 }, () => rejection(mutex.lock({ signal })));
      same(listeners(), 1, "listeners while they wait");
      controller.abort(reason);
      for (const rejected of locking) ok((await rejected) === reason, "it rejects with the signal's reason");
      same(listeners(), 0, "listeners that were left on the signal");
    },
  ),

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
      const held = gates(fixture, "reply");
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

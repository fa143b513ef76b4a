import { LockFailedError, type LockOptions, LockTakenError, type MutexOptions } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { type Gate, gate } from "../faults.ts";
import type { Case } from "../harness.ts";
import { calling } from "../matches.ts";
import { brisk, DEADLINE, happily, happilyEach, OTHER, over, overEach, type Stage } from "../stage.ts";

/** Not an Error: a signal's reason may be anything. */
const reason = { because: "the user closed the page" };

function gates(stage: Stage, way: "delivery" | "reply"): readonly Gate[] {
  return stage.nodes.map(({ inject }) => {
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

/** A signal that counts who listens. */
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
  happily(
    1,
    "a signal that has aborted before rejects every call with its reason, and nothing is sent",
    async (stage) => {
      const lock = await stage.mutex().lock();
      const mutex = stage.mutex();
      const before = stage.sent;
      const signal = AbortSignal.abort(reason);
      const calls = [
        mutex.lock({ signal }),
        mutex.tryLock({ signal }),
        mutex.adopt("value", { signal }),
        lock.extend({ signal }),
        lock.verify({ signal }),
      ];
      for (const call of calls) ok((await rejection(call)) === reason, "it rejects with the signal's reason");
      same(stage.sent, before);
      same(await lock.unlock(), "released");
    },
  ),

  ...overEach(
    [1, 3],
    "an abort while waiting for the next attempt rejects at once with the reason, and leaves no key",
    async (stage) => {
      const foreign = stage.nodes.length === 1 ? [0] : [0, 1];
      await stage.takenByOther(foreign);
      const controller = new AbortController();
      const pause = pauseOf(5_000);
      const locking = rejection(
        stage.timed({ retryDelay: pause.retryDelay }).lock({ signal: controller.signal }),
      );
      await pause.begun;
      controller.abort(reason);
      // The pause itself never ends: no time passes.
      ok((await locking) === reason, "it rejects with the signal's reason");
      await stage.settled();
      same(
        await stage.values(),
        stage.all.map((node) => (foreign.includes(node) ? OTHER : null)),
      );
    },
  ),

  ...overEach(
    [1, 3],
    "leaves no key behind when the caller aborts in flight, before the nodes have run it",
    async (stage) => {
      const held = gates(stage, "delivery");
      const controller = new AbortController();
      const locking = rejection(stage.mutex().lock({ signal: controller.signal }));
      await Promise.all(held.map(({ reached }) => reached));
      controller.abort(reason);
      ok((await locking) === reason, "it rejects with the signal's reason, before the nodes answer");
      await Promise.all(held.map(({ release }) => release()));
      await stage.hasNoKeyLeft();
    },
  ),

  ...overEach(
    [1, 3],
    "leaves no key behind when the caller aborts in flight, after the nodes have run it",
    async (stage) => {
      const held = gates(stage, "reply");
      const controller = new AbortController();
      const locking = rejection(stage.mutex().tryLock({ signal: controller.signal }));
      await Promise.all(held.map(({ reached }) => reached));
      ok(!(await stage.values()).includes(null), "the nodes have run it");
      controller.abort(reason);
      ok((await locking) === reason, "it rejects with the signal's reason, before the nodes answer");
      await Promise.all(held.map(({ release }) => release()));
      await stage.hasNoKeyLeft();
    },
  ),

  over(3, "leaves no key behind when the caller aborts and the nodes never answer", async (stage) => {
    const held = gates(stage, "reply");
    const controller = new AbortController();
    const locking = rejection(stage.timed(brisk).lock({ signal: controller.signal }));
    await Promise.all(held.map(({ reached }) => reached));
    controller.abort(reason);
    ok((await locking) === reason, "it rejects with the signal's reason");
    await stage.clock.advance(DEADLINE);
    same(await stage.values(), stage.each(null), "what is left at the deadline");
    await Promise.all(held.map(({ release }) => release()));
    await stage.hasNoKeyLeft();
  }),

  over(
    1,
    "an abort of extend() or verify() in flight rejects with the reason, and the lock stays held",
    async (stage) => {
      const lock = await stage.mutex().lock();
      for (const operation of ["extend", "verify"] as const) {
        const held = gate();
        const mend = stage.at(0).inject(held.reply, calling(operation));
        const controller = new AbortController();
        const call = rejection(lock[operation]({ signal: controller.signal }));
        await held.reached;
        controller.abort(reason);
        ok((await call) === reason, "it rejects with the signal's reason");
        await held.release();
        mend();
        lock.assertHeld();
      }
      await stage.settled();
      await lock.verify();
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  over(1, "an abort of adopt() in flight leaves the giver's lock alone", async (stage) => {
    const given = await stage.rival().lock();
    const held = gate();
    stage.at(0).inject(held.reply, calling("adopt"));
    const controller = new AbortController();
    const adopting = rejection(stage.mutex().adopt(given.value, { signal: controller.signal }));
    await held.reached;
    controller.abort(reason);
    ok((await adopting) === reason, "it rejects with the signal's reason");
    await held.release();
    await stage.settled();
    same(await given.unlock(), "released");
  }),

  happily(
    1,
    "an abort after it has locked changes nothing, and nobody listens to the signal any more",
    async (stage) => {
      const { controller, signal, listeners } = watched();
      const lock = await stage.mutex().lock({ signal, timeout: 10_000 });
      await lock.extend({ signal });
      await lock.verify({ signal });
      same(await stage.mutex().tryLock({ signal }), null);
      isA(await rejection(stage.mutex({ tries: 2 }).lock({ signal })), LockTakenError);
      same(listeners(), 0, "listeners that were left on the signal");
      controller.abort(reason);
      await lock.verify();
      same(await lock.unlock(), "released");
    },
  ),

  happily(
    1,
    "many calls that wait on one signal have one listener there, and all hear of it",
    async (stage) => {
      await stage.takenByOther();
      const { controller, signal, listeners } = watched();
      const mutex = stage.mutex({ tries: Number.POSITIVE_INFINITY, retryDelay: 20_000 });
      const locking = Array.from({ length: 50 }, () => rejection(mutex.lock({ signal })));
      same(listeners(), 1, "listeners while they wait");
      controller.abort(reason);
      for (const rejected of locking) ok((await rejected) === reason, "it rejects with the signal's reason");
      same(listeners(), 0, "listeners that were left on the signal");
    },
  ),

  ...overEach([1, 3], "a timeout ends the waiting with the last attempt's reason", async (stage) => {
    await stage.takenByOther();
    let isOver = false;
    const locking = rejection(
      stage.timed({ tries: Number.POSITIVE_INFINITY }).lock({ timeout: 150 }),
    ).finally(() => {
      isOver = true;
    });
    await stage.clock.advance(149);
    same(isOver, false, "it has given up before the timeout");
    await stage.clock.advance(1);
    same(isOver, true, "it has given up at the timeout");
    isA(await locking, LockTakenError);
    await stage.settled();
    same(await stage.values(), stage.each(OTHER));
  }),

  ...overEach([1, 3], "a timeout cuts short the pause between two attempts", async (stage) => {
    await stage.takenByOther();
    let isOver = false;
    const locking = rejection(stage.timed({ retryDelay: 5_000 }).lock({ timeout: 100 })).finally(() => {
      isOver = true;
    });
    await stage.clock.advance(100);
    same(isOver, true, "it has given up before the pause was over");
    isA(await locking, LockTakenError);
  }),

  over(3, "a timeout cuts short an attempt that hangs, and leaves no key", async (stage) => {
    const held = gates(stage, "reply");
    const locking = rejection(stage.timed().lock({ timeout: 100 }));
    await stage.clock.advance(100);
    isA(await locking, LockFailedError);
    await Promise.all(held.map(({ release }) => release()));
    await stage.hasNoKeyLeft();
  }),

  ...happilyEach(
    [1, 3],
    "a timeout alone bounds the waiting, unless tries are given too, and the error says which limit ended it",
    async (stage) => {
      await stage.takenByOther();
      const outcome = async (options: MutexOptions, call: LockOptions) => {
        const locking = rejection(stage.timed({ retryDelay: 10, ...options }).lock(call));
        await stage.clock.advance(405);
        const error = await locking;
        isA(error, LockTakenError);
        const [, limit] = /ended by (.*?):/.exec(error.message) ?? [];
        return [error.attempts, error.timedOut, limit];
      };
      same(await outcome({}, { timeout: 405 }), [41, true, "its timeout"]);
      same(await outcome({ tries: 5 }, { timeout: 405 }), [5, false, "its tries"]);
      same(await outcome({}, {}), [32, false, "its tries"]);
      same(await outcome({}, { timeout: 0 }), [1, false, "its tries"]);
    },
  ),

  happily(1, "a timeout of 0 makes one attempt", async (stage) => {
    const lock = await stage.mutex().lock({ timeout: 0 });
    const before = stage.sent;
    isA(await rejection(stage.mutex().lock({ timeout: 0 })), LockTakenError);
    same(stage.sent, before + 1);
    await lock.unlock();
  }),
];

import { LockTakenError } from "@redsync/core";
import { abortReason } from "../abort-reason.ts";
import { isA, ok, rejection, same } from "../assert.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { OTHER } from "../fixture/tampering.ts";
import type { Case } from "../harness.ts";

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
      const signal = AbortSignal.abort(abortReason);
      const calls = [
        mutex.lock({ signal }),
        mutex.tryLock({ signal }),
        mutex.adopt("value", { signal }),
        lock.extend({ signal }),
        lock.verify({ signal }),
      ];
      for (const call of calls)
        ok((await rejection(call)) === abortReason, "it rejects with the signal's reason");
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
      controller.abort(abortReason);
      // The pause itself never ends: no time passes.
      ok((await locking) === abortReason, "it rejects with the signal's reason");
      await fixture.settled();
      same(
        await fixture.keys.values(),
        fixture.nodes.map((_, node) => (foreign.includes(node) ? OTHER : null)),
      );
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
      controller.abort(abortReason);
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
      controller.abort(abortReason);
      for (const rejected of locking)
        ok((await rejected) === abortReason, "it rejects with the signal's reason");
      same(listeners(), 0, "listeners that were left on the signal");
    },
  ),
];

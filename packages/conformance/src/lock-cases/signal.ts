import { abortsOf } from "../aborts-of-signal.ts";
import { isA, ok, rejection, same, thrown, until } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S, expiry20sRound10s, RENEWAL_6667MS } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { lossOf } from "../losses.ts";
import { Recorder } from "../recorder.ts";

/** Learning of the loss. */
export const signal: readonly Case[] = [
  ...lockCase(
    "signal aborts at until, once, and not if the lock was unlocked or handed over",
    { nodes: 1 },
    async (fixture) => {
      const recorded = new Recorder();
      const mutexes = [fixture.name, fixture.another(), fixture.another(), fixture.another()].map((name) =>
        fixture.timed({ onEvent: recorded.onEvent }, name),
      );
      const [lock, unlocked, given, left] = await Promise.all(mutexes.map((mutex) => mutex.lock()));
      ok(lock && unlocked && given && left, "all are locked");
      const { signal } = lock;
      left.handOver();
      const others = [unlocked.signal, given.signal, left.signal];
      const count = abortsOf(signal);
      await unlocked.unlock();
      given.handOver();
      await fixture.clock.advance(lock.remaining() - 1);
      same(signal.aborted, false, "it has aborted before its time has come");
      await fixture.clock.advance(1);
      const loss = lossOf(signal);
      same([loss.code, loss.reason, lock.remaining()], ["REDSYNC_LOCK_LOST", "expired", 0]);
      ok(thrown(() => lock.assertHeld()) === loss, "assertHeld() throws that very loss");
      ok((await rejection(lock.extend())) === loss, "extend() rejects with that very loss");
      await rejection(unlocked.extend());
      await fixture.clock.advance(EXPIRY_20S);
      same([count.aborts, recorded.of("lost").length], [1, 1], "aborts, and losses reported");
      same(
        others.map(({ aborted }) => aborted),
        [false, false, false],
        "the others have aborted",
      );
    },
  ),

  ...lockCase("signal aborts as soon as the renewal finds the loss", { nodes: 3 }, async (fixture) => {
    const lock = await fixture.timed({ autoExtend: true }).lock();
    const { signal } = lock;
    await fixture.tampering.takenByOther();
    await fixture.clock.advance(RENEWAL_6667MS);
    same(lossOf(signal).reason, "taken");
  }),

  ...lockCase("signal aborts by the runtime's own timers too", { nodes: 1 }, async (fixture) => {
    // Valid for a second, and its nodes have longer to answer.
    const lock = await fixture.mutex({ expiry: 5_000, driftFactor: 0.8 }).lock();
    const { signal } = lock;
    await until("it has aborted", () => signal.aborted);
    ok(Date.now() >= lock.until.getTime() - 2, "not before its time has come");
    same(lossOf(signal).reason, "expired");
    await lock.unlock();
  }),

  ...lockCase(
    "signal aborts soon after the wall clock has jumped, long before its timer",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.timed().lock();
      const { signal } = lock;
      await fixture.clock.advance(2_500);
      fixture.clock.ahead += 60_000;
      await fixture.clock.advance(1_000);
      same(lossOf(signal).reason, "expired");
    },
  ),

  ...lockCase(
    "signal aborts at until while an extension hangs",
    { nodes: 3, faults: true },
    async (fixture) => {
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.delivery, calling("extend"));
      const lock = await fixture.timed().lock();
      const { signal } = lock;
      // Later than the lock itself, so that it would extend it.
      await fixture.clock.advance(100);
      const extending = rejection(lock.extend());
      await fixture.clock.advance(lock.remaining() - 1);
      same(signal.aborted, false, "it has aborted before its time has come");
      await fixture.clock.advance(1);
      same(lossOf(signal).reason, "expired");
      // Its own deadline has come before.
      isA(await extending, Error);
      await stuck.release();
      await fixture.settled();
      same(lock.remaining(), 0, "what it has left after the nodes have extended it");
    },
  ),

  ...lockCase(
    "signal aborts at until if all nodes hang under a lock that renews itself",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed({ autoExtend: true }).lock();
      const { signal } = lock;
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.delivery);
      await fixture.clock.advance(lock.remaining() - 1);
      same(signal.aborted, false, "it has aborted before its time has come");
      await fixture.clock.advance(1);
      same(lossOf(signal).reason, "expired");
      await stuck.release();
    },
  ),

  ...lockCase("an extension moves the time at which signal aborts", { nodes: 1 }, async (fixture) => {
    const lock = await fixture.timed().lock();
    const { signal } = lock;
    const most = 0.6 * EXPIRY_20S;
    await fixture.clock.advance(most);
    await lock.extend();
    await fixture.clock.advance(most);
    same(signal.aborted, false, "it has aborted after its first time");
    await fixture.clock.advance(most);
    same(lossOf(signal).reason, "expired");
  }),

  ...lockCase(
    "signal costs no timer until it is read, and none is left by unlock(), handOver() or loss",
    { nodes: 1 },
    async (fixture) => {
      const { clock } = fixture;
      const redsync = fixture.redsync(expiry20sRound10s, clock);
      const mutex = redsync.mutex(fixture.name);
      const renewing = redsync.mutex(fixture.name, { autoExtend: true });
      for (const end of ["unlock", "handOver", "verify"] as const) {
        const lock = await mutex.lock();
        await fixture.settled();
        same(clock.timers, 0, "timers of a lock that nobody watches");
        same(lock.signal.aborted, false);
        same(clock.timers, 1, "timers of one whose signal was read");
        const renewed = await renewing.adopt(lock.value);
        await fixture.settled();
        same(clock.timers, 2, "and of one that renews itself");
        if (end === "verify") await fixture.tampering.forget();
        await Promise.allSettled([lock[end](), renewed[end]()]);
        // The renewal of a lost lock ends when it is due the next time.
        if (end === "verify") await renewed.unlock();
        await fixture.settled();
        same(clock.timers, 0, `timers after ${end}()`);
        await fixture.tampering.forget();
      }
    },
  ),
];

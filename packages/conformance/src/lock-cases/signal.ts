import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same, thrown, until } from "../assert.ts";
import { connectionCut, gate } from "../faults.ts";
import type { Fixture } from "../fixture.ts";
import type { Case } from "../harness.ts";
import { lockCase } from "../lock-case.ts";
import { calling } from "../matches.ts";
import { Recorder } from "../recorder.ts";
import { EXPIRY_20S, expiry20sRound10s, RENEWAL_6667MS } from "../timings.ts";

/** What the signal has aborted with: a loss. */
function lossOf(signal: AbortSignal): LockLostError {
  ok(signal.aborted, "the signal has aborted");
  isA(signal.reason, LockLostError);
  return signal.reason;
}

/** How often the signal tells of its abort. */
function countedOf(signal: AbortSignal): { aborts: number } {
  const count = { aborts: 0 };
  signal.addEventListener("abort", () => {
    count.aborts++;
  });
  return count;
}

const losses: readonly {
  readonly reason: "expired" | "taken";
  readonly status: "absent" | "taken";
  lose(fixture: Fixture): Promise<void>;
}[] = [
  { reason: "expired", status: "absent", lose: (fixture) => fixture.tampering.forget() },
  { reason: "taken", status: "taken", lose: (fixture) => fixture.tampering.takenByOther() },
];

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
      const count = countedOf(signal);
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

  ...lockCase(
    "signal aborts as soon as extend() or verify() finds the loss, with the reason and the nodes' answers",
    { nodes: [1, 3] },
    async (fixture) => {
      for (const { reason, status, lose } of losses) {
        for (const operation of ["extend", "verify"] as const) {
          const lock = await fixture.mutex().lock();
          const { signal } = lock;
          const count = countedOf(signal);
          await lose(fixture);
          same(signal.aborted, false);
          const error = await rejection(lock[operation]());
          const loss = lossOf(signal);
          ok(error === loss, `what ${operation}() rejects with is what the signal aborts with`);
          same(loss.reason, reason);
          same(
            loss.outcomes.map((outcome) => `${outcome.node} ${outcome.name} ${outcome.status}`),
            fixture.nodes.map((_, node) => `${node} ${fixture.name} ${status}`),
          );
          matches(loss.message, new RegExp(`node 0: ${status}`));
          await lock.unlock();
          same(count.aborts, 1);
          await fixture.tampering.forget();
        }
      }
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
    "the loss that was found first is what a lock says for ever, also after unlock()",
    { nodes: 1 },
    async (fixture) => {
      for (const { lose } of losses) {
        const lock = await fixture.mutex().lock();
        await lose(fixture);
        const error = await rejection(lock.verify());
        await lock.unlock();
        ok(lossOf(lock.signal) === error, "the signal has that loss");
        for (const call of [() => lock.extend(), () => lock.verify(), async () => lock.assertHeld()])
          ok((await rejection(call())) === error, "a call rejects with that loss");
        await fixture.tampering.forget();
      }
    },
  ),

  ...lockCase(
    "signal has already aborted if it is first read after the loss, with that loss",
    { nodes: 1 },
    async (fixture) => {
      for (const { lose } of losses) {
        const lock = await fixture.mutex().lock();
        await lose(fixture);
        const error = await rejection(lock.verify());
        const { signal } = lock;
        ok(lossOf(signal) === error, "it has aborted with the loss that was found");
        ok(lock.signal === signal, "it is always the same");
        await fixture.tampering.forget();
      }
      const recorded = new Recorder();
      const lock = await fixture.timed({ onEvent: recorded.onEvent }).lock();
      fixture.clock.ahead += 60_000;
      same(lossOf(lock.signal).reason, "expired");
      same(recorded.of("lost").length, 1, "losses reported");
      const unlocked = await fixture.mutex({}, fixture.another()).lock();
      await unlocked.unlock();
      matches(lossOf(unlocked.signal).message, /unlock\(\) was called/);
    },
  ),

  ...lockCase(
    "a loss is final: no extension that was granted before and is heard after it revives the lock",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const held = gate();
      fixture.at(0).inject(held.reply, calling("extend"));
      const extending = rejection(lock.extend());
      await held.reached;
      await fixture.tampering.takenByOther();
      const loss = await rejection(lock.verify());
      await held.release();
      ok((await extending) === loss, "the extension rejects with the loss");
      ok(lossOf(lock.signal) === loss, "and the signal has aborted with it");
      same(lock.remaining(), 0);
    },
  ),

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

  ...lockCase(
    "a loss says taken if a node had shown somebody else's value to the extension",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed().lock();
      const { signal } = lock;
      await fixture.tampering.takenByOther({ nodes: [0] });
      for (const node of [1, 2]) fixture.at(node).inject(connectionCut, calling("extend"));
      isA(await rejection(lock.extend()), ExtendFailedError);
      await fixture.clock.advance(EXPIRY_20S);
      same(lossOf(signal).reason, "taken");
      matches(lossOf(signal).message, /node 0: taken/);
    },
  ),

  ...lockCase(
    "a loss that an aborted extension finds is a loss all the same",
    { nodes: 3 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const { signal } = lock;
      await fixture.tampering.takenByOther();
      const controller = new AbortController();
      const extending = rejection(lock.extend({ signal: controller.signal }));
      controller.abort("enough");
      same(await extending, "enough");
      await until("it has aborted", () => signal.aborted);
      same([lossOf(signal).reason, lock.remaining()], ["taken", 0]);
    },
  ),
];

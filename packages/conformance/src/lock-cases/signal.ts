import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same, thrown, until } from "../assert.ts";
import { connectionCut, gate } from "../faults.ts";
import type { Case } from "../harness.ts";
import { calling } from "../matches.ts";
import { Recorder } from "../recorder.ts";
import { calm, happily, happilyEach, over, PERIOD, type Stage } from "../stage.ts";

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
  lose(stage: Stage): Promise<void>;
}[] = [
  { reason: "expired", status: "absent", lose: (stage) => stage.forget() },
  { reason: "taken", status: "taken", lose: (stage) => stage.takenByOther() },
];

/** Being told of the loss. */
export const signal: readonly Case[] = [
  happily(
    1,
    "signal aborts at until, and tells it once; that of a lock which was unlocked or handed over does not",
    async (stage) => {
      const told = new Recorder();
      const mutexes = [stage.name, stage.another(), stage.another(), stage.another()].map((name) =>
        stage.timed({ onEvent: told.onEvent }, name),
      );
      const [lock, unlocked, given, left] = await Promise.all(mutexes.map((mutex) => mutex.lock()));
      ok(lock && unlocked && given && left, "all are locked");
      const { signal } = lock;
      left.handOver();
      const others = [unlocked.signal, given.signal, left.signal];
      const count = countedOf(signal);
      await unlocked.unlock();
      given.handOver();
      await stage.clock.advance(lock.remaining() - 1);
      same(signal.aborted, false, "it has aborted before its time has come");
      await stage.clock.advance(1);
      const loss = lossOf(signal);
      same([loss.code, loss.reason, lock.remaining()], ["REDSYNC_LOCK_LOST", "expired", 0]);
      ok(thrown(() => lock.assertHeld()) === loss, "assertHeld() throws that very loss");
      ok((await rejection(lock.extend())) === loss, "extend() rejects with that very loss");
      await rejection(unlocked.extend());
      await stage.clock.advance(calm.expiry);
      same([count.aborts, told.of("lost").length], [1, 1], "aborts, and losses told");
      same(
        others.map(({ aborted }) => aborted),
        [false, false, false],
        "the others have aborted",
      );
    },
  ),

  ...happilyEach(
    [1, 3],
    "signal aborts as soon as extend() or verify() finds the loss, and says why and by whom",
    async (stage) => {
      for (const { reason, status, lose } of losses) {
        for (const operation of ["extend", "verify"] as const) {
          const lock = await stage.mutex().lock();
          const { signal } = lock;
          const count = countedOf(signal);
          await lose(stage);
          same(signal.aborted, false);
          const error = await rejection(lock[operation]());
          const loss = lossOf(signal);
          ok(error === loss, `what ${operation}() rejects with is what the signal aborts with`);
          same(loss.reason, reason);
          same(
            loss.outcomes.map((outcome) => `${outcome.node} ${outcome.name} ${outcome.status}`),
            stage.all.map((node) => `${node} ${stage.name} ${status}`),
          );
          matches(loss.message, new RegExp(`node 0: ${status}`));
          await lock.unlock();
          same(count.aborts, 1);
          await stage.forget();
        }
      }
    },
  ),

  happily(3, "signal aborts as soon as the renewal finds the loss", async (stage) => {
    const lock = await stage.timed({ autoExtend: true }).lock();
    const { signal } = lock;
    await stage.takenByOther();
    await stage.clock.advance(PERIOD);
    same(lossOf(signal).reason, "taken");
  }),

  happily(1, "signal aborts by the runtime's own timers too", async (stage) => {
    // Valid for a second, and its nodes have longer to answer.
    const lock = await stage.mutex({ expiry: 5_000, driftFactor: 0.8 }).lock();
    const { signal } = lock;
    await until("it has aborted", () => signal.aborted);
    ok(Date.now() >= lock.until.getTime() - 2, "not before its time has come");
    same(lossOf(signal).reason, "expired");
    await lock.unlock();
  }),

  happily(
    1,
    "the loss that was found first is what a lock says for ever, also after unlock()",
    async (stage) => {
      for (const { lose } of losses) {
        const lock = await stage.mutex().lock();
        await lose(stage);
        const error = await rejection(lock.verify());
        await lock.unlock();
        ok(lossOf(lock.signal) === error, "the signal has that loss");
        for (const call of [() => lock.extend(), () => lock.verify(), async () => lock.assertHeld()])
          ok((await rejection(call())) === error, "a call rejects with that loss");
        await stage.forget();
      }
    },
  ),

  happily(
    1,
    "signal that is first read after the loss has already aborted, with that loss",
    async (stage) => {
      for (const { lose } of losses) {
        const lock = await stage.mutex().lock();
        await lose(stage);
        const error = await rejection(lock.verify());
        const { signal } = lock;
        ok(lossOf(signal) === error, "it has aborted with the loss that was found");
        ok(lock.signal === signal, "it is always the same");
        await stage.forget();
      }
      const told = new Recorder();
      const lock = await stage.timed({ onEvent: told.onEvent }).lock();
      stage.clock.ahead += 60_000;
      same(lossOf(lock.signal).reason, "expired");
      same(told.of("lost").length, 1, "losses told");
      const unlocked = await stage.mutex({}, stage.another()).lock();
      await unlocked.unlock();
      matches(lossOf(unlocked.signal).message, /unlock\(\) was called/);
    },
  ),

  over(
    1,
    "a loss is final: no extension that was granted before and is heard after it revives the lock",
    async (stage) => {
      const lock = await stage.mutex().lock();
      const held = gate();
      stage.at(0).inject(held.reply, calling("extend"));
      const extending = rejection(lock.extend());
      await held.reached;
      await stage.takenByOther();
      const loss = await rejection(lock.verify());
      await held.release();
      ok((await extending) === loss, "the extension rejects with the loss");
      ok(lossOf(lock.signal) === loss, "and the signal has aborted with it");
      same(lock.remaining(), 0);
    },
  ),

  happily(1, "signal aborts soon after the wall clock has jumped, long before its timer", async (stage) => {
    const lock = await stage.timed().lock();
    const { signal } = lock;
    await stage.clock.advance(2_500);
    stage.clock.ahead += 60_000;
    await stage.clock.advance(1_000);
    same(lossOf(signal).reason, "expired");
  }),

  over(3, "signal aborts at until while an extension hangs", async (stage) => {
    const stuck = gate();
    for (const { inject } of stage.nodes) inject(stuck.delivery, calling("extend"));
    const lock = await stage.timed().lock();
    const { signal } = lock;
    // Later than the lock itself, so that it would extend it.
    await stage.clock.advance(100);
    const extending = rejection(lock.extend());
    await stage.clock.advance(lock.remaining() - 1);
    same(signal.aborted, false, "it has aborted before its time has come");
    await stage.clock.advance(1);
    same(lossOf(signal).reason, "expired");
    // Its own deadline has come before.
    isA(await extending, Error);
    await stuck.release();
    await stage.settled();
    same(lock.remaining(), 0, "what it has left after the nodes have extended it");
  }),

  over(3, "signal aborts at until where all nodes hang under a lock that renews itself", async (stage) => {
    const lock = await stage.timed({ autoExtend: true }).lock();
    const { signal } = lock;
    const stuck = gate();
    for (const { inject } of stage.nodes) inject(stuck.delivery);
    await stage.clock.advance(lock.remaining() - 1);
    same(signal.aborted, false, "it has aborted before its time has come");
    await stage.clock.advance(1);
    same(lossOf(signal).reason, "expired");
    await stuck.release();
  }),

  happily(1, "an extension moves the time at which signal aborts", async (stage) => {
    const lock = await stage.timed().lock();
    const { signal } = lock;
    const most = 0.6 * calm.expiry;
    await stage.clock.advance(most);
    await lock.extend();
    await stage.clock.advance(most);
    same(signal.aborted, false, "it has aborted after its first time");
    await stage.clock.advance(most);
    same(lossOf(signal).reason, "expired");
  }),

  happily(
    1,
    "signal costs no timer until it is read, and none is left by unlock(), handOver() or loss",
    async (stage) => {
      const { clock } = stage;
      const redsync = stage.redsync(calm, clock);
      const mutex = redsync.mutex(stage.name);
      const renewing = redsync.mutex(stage.name, { autoExtend: true });
      for (const end of ["unlock", "handOver", "verify"] as const) {
        const lock = await mutex.lock();
        await stage.settled();
        same(clock.timers, 0, "timers of a lock that nobody watches");
        same(lock.signal.aborted, false);
        same(clock.timers, 1, "timers of one whose signal was read");
        const renewed = await renewing.adopt(lock.value);
        await stage.settled();
        same(clock.timers, 2, "and of one that renews itself");
        if (end === "verify") await stage.forget();
        await Promise.allSettled([lock[end](), renewed[end]()]);
        // The renewal of a lost lock ends when it is due the next time.
        if (end === "verify") await renewed.unlock();
        await stage.settled();
        same(clock.timers, 0, `timers after ${end}()`);
        await stage.forget();
      }
    },
  ),

  over(
    3,
    "a loss says taken where a node had shown somebody else's value to the extension",
    async (stage) => {
      const lock = await stage.timed().lock();
      const { signal } = lock;
      await stage.takenByOther([0]);
      for (const node of [1, 2]) stage.at(node).inject(connectionCut, calling("extend"));
      isA(await rejection(lock.extend()), ExtendFailedError);
      await stage.clock.advance(calm.expiry);
      same(lossOf(signal).reason, "taken");
      matches(lossOf(signal).message, /node 0: taken/);
    },
  ),

  happily(3, "a loss that an aborted extension finds is a loss all the same", async (stage) => {
    const lock = await stage.mutex().lock();
    const { signal } = lock;
    await stage.takenByOther();
    const controller = new AbortController();
    const extending = rejection(lock.extend({ signal: controller.signal }));
    controller.abort("enough");
    same(await extending, "enough");
    await until("it has aborted", () => signal.aborted);
    same([lossOf(signal).reason, lock.remaining()], ["taken", 0]);
  }),
];

import { LockFailedError, LockLostError } from "@redsync/core";
import { awake, isA, matches, ok, pause, rejection, same, until } from "../assert.ts";
import { BentClock } from "../bent-clock.ts";
import { connectionCut, gate, replyDelayed } from "../faults.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";
import { calling, calm, happily, over, renewed, type Stage } from "../stage.ts";

const renewing = { ...renewed, autoExtend: true };

/** What passes between two extensions. */
const PERIOD = renewed.expiry / 3;

const extensions = (stage: Stage): number => stage.at(0).sent.filter(calling("extend")).length;

/** Locks that extend themselves. */
export const renewal: readonly Case[] = [
  happily(
    3,
    "autoExtend holds what lock(), tryLock() and adopt() gave for longer than its expiry, on every node",
    async (stage) => {
      const names = [stage.name, stage.another(), stage.another()];
      const [ofLock, ofTryLock, ofAdopt] = names.map((name) => stage.mutex(renewing, name));
      const start = performance.now();
      const given = await stage.rival(renewed, names[2]).lock();
      const locks = [await ofLock?.lock(), await ofTryLock?.tryLock(), await ofAdopt?.adopt(given.value)];
      given.handOver();
      while (performance.now() - start < 1.5 * renewed.expiry) {
        for (const [at, name] of names.entries())
          same(await stage.values(name), stage.each(locks[at]?.value), "the values on the nodes");
        await pause(20);
      }
      for (const lock of locks) {
        await lock?.verify();
        same(await lock?.unlock(), "released");
      }
      await stage.hasNoKeyLeft();
    },
  ),

  happily(3, "renewal waits where somebody extended the lock by hand", async (stage) => {
    const mutex = stage.mutex(renewing);
    let lock = await mutex.lock();
    let before = 0;
    await pause(PERIOD / 2);
    // Where a busy machine has woken up too late the renewal came first.
    while (extensions(stage) > before) {
      await lock.unlock();
      before = extensions(stage);
      lock = await mutex.lock();
      await pause(PERIOD / 2);
    }
    const extended = performance.now();
    await lock.extend();
    await until("it has renewed itself", () => extensions(stage) > before + 1);
    const ms = performance.now() - extended;
    ok(ms >= PERIOD - 20, `it has waited a third of the expiry, ${ms} ms`);
    same(await lock.unlock(), "released");
  }),

  happily(
    3,
    "renewal stops when unlock() begins, and at handOver(): nothing is sent after them but the deletes",
    async (stage) => {
      const [unlocked, left] = [stage.mutex(renewing), stage.mutex(renewing, stage.another())];
      const [lock, given] = [await unlocked.lock(), await left.lock()];
      await until("both have renewed themselves", () => extensions(stage) >= 2);
      await stage.settled();
      const before = stage.sent;
      const unlocking = lock.unlock();
      given.handOver();
      same(await unlocking, "released");
      await pause(PERIOD + 20);
      same(stage.sent - before, stage.nodes.length, "commands that were sent since");
      same(await given.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  over(3, "unlock() waits for a renewal in flight, which cannot bring the lock back", async (stage) => {
    const held = stage.nodes.map(({ inject }) => {
      const replies = gate();
      inject(replies.reply, calling("extend"));
      return replies;
    });
    const lock = await stage.mutex(renewing).lock();
    await awake(Promise.all(held.map(({ reached }) => reached)));
    const unlocking = lock.unlock();
    await stage.values();
    same(
      stage.nodes.flatMap(({ sent }) => sent.filter(calling("release"))),
      [],
      "deletes before the extension was answered",
    );
    await Promise.all(held.map(({ release }) => release()));
    same(await unlocking, "released");
    await stage.hasNoKeyLeft();
  }),

  over(3, "a renewal that arrives after unlock() brings nothing back", async (stage) => {
    const late = gate();
    for (const { inject } of stage.nodes) inject(late.delivery, calling("extend"));
    const lock = await stage.mutex({ ...renewing, timeoutFactor: 0.2 }).lock();
    await awake(late.reached);
    await lock.unlock();
    await late.release();
    await stage.hasNoKeyLeft();
  }),

  over(
    3,
    "a renewal that fails is tried again, and the lock is held where the nodes came back in time",
    async (stage) => {
      const told = new Recorder();
      for (const { inject } of stage.nodes) inject(connectionCut, calling("extend"));
      const lock = await stage.mutex({ ...renewing, onEvent: told.onEvent }).lock();
      const first = lock.until.getTime();
      await until("it was tried three times", () => extensions(stage) >= 3);
      stage.mend();
      await until("it has been extended", () => lock.until.getTime() > first);
      await lock.verify();
      same(told.of("lost"), [], "losses told");
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  over(
    1,
    "a renewal that fails is tried again, each time later, and to fail to the end is a loss that is told once",
    async (stage) => {
      const told = new Recorder();
      for (const { inject } of stage.nodes) inject(connectionCut, calling("extend"));
      const lock = await stage.mutex({ ...renewing, onEvent: told.onEvent }).lock();
      await until("the loss was told", () => told.of("lost").length > 0);
      const [lost] = told.of("lost");
      same([lost?.reason, lock.remaining()], ["expired", 0]);
      same(
        lost?.error.outcomes.map(({ status }) => status),
        stage.each("unknown"),
        "what the nodes had said to the last extension",
      );
      const tries = extensions(stage);
      ok(tries <= 10, `tries in the validity, which pauses that double divide: ${tries}`);
      const before = stage.sent;
      await pause(PERIOD + 20);
      same([stage.sent, told.of("lost").length], [before, 1], "commands, and losses told");
      const error = await rejection(lock.extend());
      ok(error === lost?.error, "the same loss");
      same(told.of("lost").length, 1);
    },
  ),

  happily(1, "renewal ends where the lock is found lost, and tells it once", async (stage) => {
    const told = new Recorder();
    const clock = new BentClock();
    const redsync = stage.redsync({ ...renewing, onEvent: told.onEvent }, clock);
    const lock = await redsync.mutex(stage.name).lock();
    await stage.takenByOther();
    await until("the loss was told", () => told.of("lost").length > 0);
    same(told.of("lost")[0]?.reason, "taken");
    await redsync.settled();
    await until("no timer is left", () => clock.timers === 0);
    same(told.of("lost").length, 1, "losses told");
    same(lock.remaining(), 0);
  }),

  happily(1, "maxHold ends the lock, however often it is extended", async (stage) => {
    const maxHold = 10_000;
    const clock = new BentClock();
    const mutex = stage.redsync({ ...calm, maxHold }, clock).mutex(stage.name);
    for (const adopts of [false, true]) {
      const given = await mutex.lock();
      if (adopts) clock.ahead += 5_000;
      const lock = adopts ? await mutex.adopt(given.value) : given;
      const end = lock.until.getTime();
      ok(end <= clock.wall() + maxHold, "it is held no longer than that");
      for (let twice = 0; twice < 2; twice++) {
        clock.ahead += 3_000;
        await lock.extend();
        ok(
          Math.abs(lock.until.getTime() - end) <= 2,
          `until ${lock.until.getTime() - end} ms after its first end`,
        );
      }
      clock.ahead += 4_100;
      isA(await rejection(lock.extend()), LockLostError);
      same(await lock.unlock(), "released");
      await stage.settled();
    }
  }),

  over(1, "no grant is taken that comes after maxHold, and no key is left", async (stage) => {
    stage.at(0).inject(replyDelayed(60), calling("acquire"));
    const error = await rejection(stage.mutex({ maxHold: 30, tries: 1 }).lock());
    isA(error, LockFailedError);
    matches(error.message, /1 of 1 nodes granted it and 1 must before its validity of 30 ms is over/);
    await stage.hasNoKeyLeft();
  }),

  happily(1, "maxHold ends the renewal too, and the loss says so", async (stage) => {
    const told = new Recorder();
    const maxHold = renewed.expiry;
    const clock = new BentClock();
    const redsync = stage.redsync({ ...renewing, maxHold, onEvent: told.onEvent }, clock);
    const start = performance.now();
    const lock = await redsync.mutex(stage.name).lock();
    await until("the loss was told", () => told.of("lost").length > 0);
    const ms = performance.now() - start;
    ok(ms >= maxHold - 5, `after ${ms} ms`);
    ok(told.of("extended").length > 0, "it was extended before");
    const [lost] = told.of("lost");
    isA(lost?.error, LockLostError);
    same(lost.reason, "expired");
    matches(lost.error.message, new RegExp(`maxHold of ${maxHold} ms`));
    same(lock.remaining(), 0);
    await redsync.settled();
    await until("no timer is left", () => clock.timers === 0);
  }),

  happily(1, "a maxHold shorter than the expiry is named as what ended the lock", async (stage) => {
    const lock = await stage.mutex({ maxHold: 30 }).lock();
    await until("the lock has run out", () => lock.remaining() === 0);
    const error = await rejection(lock.verify());
    isA(error, LockLostError);
    matches(error.message, /maxHold of 30 ms/);
    same(await lock.unlock(), "released");
  }),
];

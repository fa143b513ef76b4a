import { LockFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same, until } from "../assert.ts";
import { connectionCut, gate } from "../faults.ts";
import { countOfCommands, mendAll } from "../faulty-nodes.ts";
import type { Fixture } from "../fixture.ts";
import type { Case } from "../harness.ts";
import { lockCase } from "../lock-case.ts";
import { calling } from "../matches.ts";
import { Recorder } from "../recorder.ts";
import { EXPIRY_20S, RENEWAL_6667MS } from "../timings.ts";

const renewing = { autoExtend: true };

const extensions = (fixture: Fixture): number => fixture.at(0).sent.filter(calling("extend")).length;

/** Locks that extend themselves. */
export const renewal: readonly Case[] = [
  ...lockCase(
    "autoExtend holds a lock of lock(), tryLock() or adopt() beyond its expiry, on every node",
    { nodes: 3 },
    async (fixture) => {
      const names = [fixture.name, fixture.another(), fixture.another()];
      const [ofLock, ofTryLock, ofAdopt] = names.map((name) => fixture.timed(renewing, name));
      const given = await fixture.rival({}, names[2]).lock();
      const locks = [await ofLock?.lock(), await ofTryLock?.tryLock(), await ofAdopt?.adopt(given.value)];
      given.handOver();
      for (let turn = 0; turn < 5; turn++) {
        await Promise.all(names.map((name) => fixture.tampering.expireIn(10_000, { name })));
        await fixture.clock.advance(RENEWAL_6667MS);
        for (const [at, name] of names.entries()) {
          same(await fixture.keys.values(name), fixture.each(locks[at]?.value), "the values on the nodes");
          for (const ttl of await fixture.keys.ttls(name)) ok(ttl > 10_000, `the TTL was raised: ${ttl}`);
        }
      }
      for (const lock of locks) {
        await lock?.verify();
        same(await lock?.unlock(), "released");
      }
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("renewal waits if the lock was extended by hand", { nodes: 3 }, async (fixture) => {
    const lock = await fixture.timed(renewing).lock();
    await fixture.clock.advance(RENEWAL_6667MS / 2);
    await lock.extend();
    // Its own time comes, and it waits for a third of the expiry from then on.
    await fixture.clock.advance(RENEWAL_6667MS - 2);
    same(extensions(fixture), 1, "extensions, that by hand among them");
    await fixture.clock.advance(2);
    same(extensions(fixture), 2, "extensions once the time has come");
    same(await lock.unlock(), "released");
  }),

  ...lockCase(
    "renewal does not rely on an extension by hand that is not confirmed yet",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed(renewing).lock();
      const slow = gate();
      for (const { inject } of fixture.nodes) inject(slow.reply, calling("extend"));
      await fixture.clock.advance(RENEWAL_6667MS / 2);
      const extending = lock.extend();
      await fixture.clock.advance(RENEWAL_6667MS / 2);
      same(extensions(fixture), 2, "extensions once its time has come");
      await slow.release();
      await extending;
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("renewal goes by the runtime's own timers too", { nodes: 1 }, async (fixture) => {
    // The first comes after 2 s, and a machine that stands still has 4 s more for it.
    const lock = await fixture.mutex({ expiry: 6_000, autoExtend: true }).lock();
    const first = lock.until.getTime();
    await until("it has been extended", () => lock.until.getTime() > first);
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "renewal stops when unlock() begins, and at handOver(): only the deletes are sent after them",
    { nodes: 3 },
    async (fixture) => {
      const [unlocked, left] = [fixture.timed(renewing), fixture.timed(renewing, fixture.another())];
      const [lock, given] = [await unlocked.lock(), await left.lock()];
      await fixture.clock.advance(RENEWAL_6667MS);
      same(extensions(fixture), 2, "both have renewed themselves");
      const before = countOfCommands(fixture.nodes);
      const unlocking = lock.unlock();
      given.handOver();
      same(await unlocking, "released");
      await fixture.clock.advance(EXPIRY_20S);
      same(countOfCommands(fixture.nodes) - before, fixture.nodes.length, "commands that were sent since");
      same(await given.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() waits for a renewal in flight, which cannot bring the lock back",
    { nodes: 3, faults: true },
    async (fixture) => {
      const held = fixture.nodes.map(({ inject }) => {
        const replies = gate();
        inject(replies.reply, calling("extend"));
        return replies;
      });
      const lock = await fixture.timed(renewing).lock();
      await fixture.clock.pass(Promise.all(held.map(({ reached }) => reached)));
      const unlocking = lock.unlock();
      await fixture.keys.values();
      same(
        fixture.nodes.flatMap(({ sent }) => sent.filter(calling("release"))),
        [],
        "deletes before the extension was answered",
      );
      await Promise.all(held.map(({ release }) => release()));
      same(await unlocking, "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a renewal that arrives after unlock() brings nothing back",
    { nodes: 3, faults: true },
    async (fixture) => {
      const late = gate();
      for (const { inject } of fixture.nodes) inject(late.delivery, calling("extend"));
      const lock = await fixture.timed({ ...renewing, timeoutFactor: 0.2 }).lock();
      await fixture.clock.pass(late.reached);
      await fixture.clock.pass(lock.unlock());
      await late.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a renewal that fails is tried again, and holds the lock if the nodes come back in time",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      for (const { inject } of fixture.nodes) inject(connectionCut, calling("extend"));
      const lock = await fixture.timed({ ...renewing, onEvent: recorded.onEvent }).lock();
      const first = lock.until.getTime();
      await fixture.clock.advance(1.5 * RENEWAL_6667MS);
      ok(extensions(fixture) >= 3, `it was tried three times: ${extensions(fixture)}`);
      mendAll(fixture.nodes);
      await fixture.clock.advance(RENEWAL_6667MS);
      ok(lock.until.getTime() > first, "it has been extended");
      await lock.verify();
      same(recorded.of("lost"), [], "losses reported");
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a renewal that fails is tried again, each time later, and reports one loss if none succeeds",
    { nodes: 1, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      for (const { inject } of fixture.nodes) inject(connectionCut, calling("extend"));
      const lock = await fixture.timed({ ...renewing, onEvent: recorded.onEvent }).lock();
      await fixture.clock.advance(EXPIRY_20S);
      const [lost] = recorded.of("lost");
      same([lost?.reason, lock.remaining()], ["expired", 0]);
      same(
        lost?.error.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
        "what the nodes had said to the last extension",
      );
      const tries = extensions(fixture);
      ok(tries <= 10, `tries in the validity, which pauses that double divide: ${tries}`);
      const before = countOfCommands(fixture.nodes);
      await fixture.clock.advance(EXPIRY_20S);
      same(
        [countOfCommands(fixture.nodes), recorded.of("lost").length],
        [before, 1],
        "commands, and losses reported",
      );
      const error = await rejection(lock.extend());
      ok(error === lost?.error, "the same loss");
      same(recorded.of("lost").length, 1);
    },
  ),

  ...lockCase(
    "renewal ends when the lock is found lost, and reports it once",
    { nodes: 1 },
    async (fixture) => {
      const recorded = new Recorder();
      const lock = await fixture.timed({ ...renewing, onEvent: recorded.onEvent }).lock();
      await fixture.tampering.takenByOther();
      await fixture.clock.advance(RENEWAL_6667MS);
      same(recorded.of("lost")[0]?.reason, "taken");
      await fixture.settled();
      same(fixture.clock.timers, 0, "timers that are left");
      same(recorded.of("lost").length, 1, "losses reported");
      same(lock.remaining(), 0);
    },
  ),

  ...lockCase("maxHold ends the lock, however often it is extended", { nodes: 1 }, async (fixture) => {
    const maxHold = 10_000;
    const { clock } = fixture;
    const mutex = fixture.timed({ maxHold });
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
      await fixture.settled();
    }
  }),

  ...lockCase(
    "no grant is taken that comes after maxHold, and no key is left",
    { nodes: 1, faults: true },
    async (fixture) => {
      const slow = gate();
      fixture.at(0).inject(slow.reply, calling("acquire"));
      const locking = rejection(fixture.timed({ maxHold: 30, tries: 1 }).lock());
      await fixture.clock.advance(30);
      await slow.release();
      const error = await locking;
      isA(error, LockFailedError);
      matches(error.message, /1 of 1 nodes granted it and 1 must before its validity of 30 ms is over/);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("maxHold ends the renewal too, and the loss says so", { nodes: 1 }, async (fixture) => {
    const recorded = new Recorder();
    const maxHold = 1.5 * EXPIRY_20S;
    const lock = await fixture.timed({ ...renewing, maxHold, onEvent: recorded.onEvent }).lock();
    await fixture.clock.advance(maxHold - 2);
    same(recorded.of("lost").length, 0, "losses reported before its time has come");
    ok(recorded.of("extended").length > 2, "it was extended before");
    await fixture.clock.advance(2);
    const [lost] = recorded.of("lost");
    isA(lost?.error, LockLostError);
    same(lost.reason, "expired");
    matches(lost.error.message, new RegExp(`maxHold of ${maxHold} ms`));
    same(lock.remaining(), 0);
    await fixture.settled();
    same(fixture.clock.timers, 0, "timers that are left");
  }),

  ...lockCase(
    "a maxHold shorter than the expiry is named as what ended the lock",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.timed({ maxHold: 30 }).lock();
      await fixture.clock.advance(30);
      same(lock.remaining(), 0);
      const error = await rejection(lock.verify());
      isA(error, LockLostError);
      matches(error.message, /maxHold of 30 ms/);
      same(await lock.unlock(), "released");
    },
  ),
];

import { ok, same, until } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { gatesAt } from "../fixture/gates.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHERS_EXPIRY } from "../fixture/tampering.ts";
import { EXPIRY_20S, RENEWAL_6667MS } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { extensions, renewing } from "../renewing.ts";

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
        await Promise.all(names.map((name) => fixture.tampering.expireIn(OTHERS_EXPIRY, { name })));
        await fixture.clock.advance(RENEWAL_6667MS);
        for (const [at, name] of names.entries()) {
          same(await fixture.keys.values(name), fixture.each(locks[at]?.value), "the values on the nodes");
          for (const ttl of await fixture.keys.ttls(name))
            ok(ttl > 0 && ttl <= EXPIRY_20S, `the TTL is the expiry: ${ttl}`);
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
      const held = gatesAt(fixture.nodes, "reply", calling("extend"));
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
];

import { LockFailedError, type Mutex } from "@redsync/core";
import { isA, matches, ok, rejection, same, until } from "../assert.ts";
import { connectionCut, gate } from "../fixture/faults.ts";
import { mendAll } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Acquiring and giving back, without a fault that matters. */
export const acquire: readonly Case[] = [
  ...lockCase(
    "locks on every node for the expiry, and unlocks on every node",
    { nodes: [1, 2, 3, 4, 5] },
    async (fixture) => {
      const started = performance.now();
      const lock = await fixture.mutex({ expiry: EXPIRY_20S }).lock();
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value));
      await fixture.keys.haveTtl(EXPIRY_20S, started);
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "locks, extends, verifies and unlocks while a quorum answers",
    { nodes: [3, 4, 5], faults: true },
    async (fixture) => {
      const down = Math.ceil(fixture.nodes.length / 2) - 1;
      for (const { inject } of fixture.nodes.slice(0, down)) inject(connectionCut);
      const lock = await fixture.mutex().lock();
      await lock.extend();
      await lock.verify();
      same(
        await fixture.keys.values(),
        fixture.nodes.map((_, node) => (node < down ? null : lock.value)),
      );
      same(await lock.unlock(), "released");
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "is valid from the start of its attempt, for the expiry less the drift",
    { nodes: 1 },
    async (fixture) => {
      const before = Date.now();
      const lock = await fixture.mutex({ expiry: EXPIRY_20S, driftFactor: 0.1 }).lock();
      const validity = EXPIRY_20S * 0.9 - 2;
      const until = lock.until.getTime();
      ok(until >= before + validity && until <= Date.now() + validity, `until ${until}`);
      ok(lock.remaining() > 0 && lock.remaining() <= validity, `remaining ${lock.remaining()}`);
      lock.assertHeld();
      await lock.unlock();
      same(lock.remaining(), 0);
    },
  ),

  ...lockCase("proves ownership by a fresh value of 16 random bytes", { nodes: 1 }, async (fixture) => {
    const mutexes = Array.from({ length: 10 }, () => fixture.mutex({}, fixture.another()));
    const values = new Set<string>();
    const prove = async (mutex: Mutex) => {
      const lock = await mutex.lock();
      matches(lock.value, /^@\/[A-Za-z0-9+/]{21}[AQgw]==$/);
      values.add(lock.value);
      await lock.unlock();
    };
    for (let turn = 0; turn < 7; turn++) await Promise.all(mutexes.map(prove));
    same(values.size, 70);
  }),

  ...lockCase(
    "lets the tasks that share a mutex in one at a time, each with a lock of its own",
    { nodes: 3 },
    async (fixture) => {
      const mutex = fixture.mutex({ tries: Number.POSITIVE_INFINITY, retryDelay: () => Math.random() * 20 });
      let inside = 0;
      const turns: number[] = [];
      const task = async (number: number) => {
        const lock = await mutex.lock();
        same(++inside, 1, "holders at a time");
        await lock.verify();
        turns.push(number);
        inside--;
        same(await lock.unlock(), "released");
      };
      await Promise.all([0, 1, 2, 3, 4].map(task));
      same(turns.sort(), [0, 1, 2, 3, 4]);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("waits for the holder and locks once it has unlocked", { nodes: 3 }, async (fixture) => {
    const held = await fixture.rival().lock();
    let attempts = 0;
    const onEvent = ({ type }: { type: string }) => void (type === "contended" && attempts++);
    const waiting = fixture.mutex({ tries: Number.POSITIVE_INFINITY, onEvent }).lock();
    await until("it has been refused", () => attempts > 0);
    await held.unlock();
    const lock = await waiting;
    // The attempt may have met the unlock half way: on one node before it.
    const holding = (await fixture.keys.values()).filter((value) => value === lock.value);
    same(holding.length >= 2, true, "a quorum holds the value");
    await lock.unlock();
  }),

  ...lockCase(
    "locks after the last holder's expiry, though nobody unlocked",
    { nodes: 1, faults: true },
    async (fixture) => {
      await fixture.tampering.send(0, "SET", fixture.name, "crashed", "PX", "150");
      const lock = await fixture.mutex({ tries: Number.POSITIVE_INFINITY }).lock();
      same(await fixture.keys.values(), [lock.value]);
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "takes no grant that comes after its validity, and leaves no key",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      // Valid for 4,998 ms of the 20,000, and judged after 19,800 at the latest: the replies come in between.
      const options = { expiry: EXPIRY_20S, driftFactor: 0.75, timeoutFactor: 0.99, tries: 1 };
      const slow = gate();
      for (const { inject } of fixture.nodes) inject(slow.reply, calling("acquire"));
      const locking = rejection(fixture.timed(options).lock());
      await fixture.clock.advance(4_998);
      await slow.release();
      const error = await locking;
      isA(error, LockFailedError);
      matches(error.message, /[12] of [13] nodes granted it, and [12] must within its validity of 4998 ms/);
      await fixture.hasNoKeyLeft();
    },
  ),
];

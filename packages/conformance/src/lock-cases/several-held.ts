import { ExtendFailedError, LockFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { gate } from "../fixture/faults.ts";
import { fenceOf } from "../fixture/keys.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import { EXPIRY_20S, expiry20sRound1s, RENEWAL_6667MS, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";
import { severalNames, valuesOf } from "./several.ts";

/** Locks of several names, while they are held. */
export const severalHeld: readonly Case[] = [
  ...lockCase(
    "one name lost is the lock lost, and the others are deleted",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const [a, b] = severalNames(fixture) as [string, string];
      for (const operation of ["extend", "verify"] as const) {
        for (const reason of ["expired", "taken"] as const) {
          const recorded = new Recorder();
          const lock = await fixture.mutex({ onEvent: recorded.onEvent }, [a, b]).lock();
          const { signal } = lock;
          if (reason === "taken") await fixture.tampering.takenByOther({ name: b });
          else await fixture.tampering.forget({ name: b });
          const error = await rejection(lock[operation]());
          isA(error, LockLostError);
          same([error.reason, lock.remaining()], [reason, 0]);
          ok(signal.reason === error, "the signal has aborted with it");
          const status = reason === "taken" ? "taken" : "absent";
          matches(error.message, new RegExp(`"${b}" node \\d: ${status}`));
          same(recorded.of("lost").length, 1);
          await fixture.settled();
          same(await fixture.keys.values(a), fixture.each(null), "what is left of the other name");
          same(await fixture.keys.values(b), fixture.each(reason === "taken" ? OTHER : null));
          await fixture.tampering.forget({ name: b });
        }
      }
    },
  ),

  ...lockCase(
    "unlock() says taken if one of several names is, and deletes the others",
    { nodes: 1 },
    async (fixture) => {
      const [a, b] = severalNames(fixture) as [string, string];
      for (const [taken, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const lock = await fixture.mutex({}, [a, b]).lock();
        await fixture.tampering.takenByOther({ name: taken });
        same(await lock.unlock(), "taken");
        await fixture.settled();
        same(await valuesOf(fixture, [taken, other]), [fixture.each(OTHER), fixture.each(null)]);
        await fixture.tampering.forget({ name: taken });
      }
    },
  ),

  ...lockCase("one extend() gives every name its full expiry again", { nodes: [1, 3] }, async (fixture) => {
    const list = severalNames(fixture, 3);
    const lock = await fixture.mutex({ expiry: EXPIRY_20S }, list).lock();
    await Promise.all(list.map((name) => fixture.tampering.expireIn(10_000, { name })));
    const started = performance.now();
    await lock.extend();
    await fixture.settled();
    for (const name of list) await fixture.keys.haveTtl(EXPIRY_20S, started, name);
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "a node that was silent for a while is asked for every name again",
    { nodes: 1, faults: true },
    async (fixture) => {
      const list = severalNames(fixture, 3);
      const lock = await fixture.timed({ ...expiry20sRound1s, autoExtend: true }, list).lock();
      const first = lock.until.getTime();
      // Later than its last answer.
      await fixture.clock.advance(1);
      const frozen = gate();
      const mend = fixture.at(0).inject(frozen.delivery);
      const failing = rejection(lock.extend());
      await fixture.clock.advance(ROUND_1S);
      isA(await failing, ExtendFailedError);
      mend();
      await fixture.clock.advance(RENEWAL_6667MS);
      ok(lock.until.getTime() > first, "it has been extended");
      await frozen.release();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an attempt on several names asks a silent node for all of them, or for none",
    { nodes: 1, faults: true },
    async (fixture) => {
      const mutex = fixture.timed(expiry20sRound1s, severalNames(fixture, 3));
      const frozen = gate();
      const mend = fixture.at(0).inject(frozen.delivery);
      isA(await fixture.clock.pass(rejection(mutex.tryLock())), LockFailedError);
      mend();
      const lock = await mutex.tryLock();
      ok(lock !== null, "the node is there for every name");
      same(await lock.unlock(), "released");
      await frozen.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("a lock of several names renews them all", { nodes: 1 }, async (fixture) => {
    const list = severalNames(fixture);
    const lock = await fixture.timed({ autoExtend: true }, list).lock();
    for (const name of list) await fixture.tampering.expireIn(60_000, { name });
    await fixture.clock.advance(RENEWAL_6667MS);
    for (const name of list)
      for (const ttl of await fixture.keys.ttls(name)) ok(ttl <= EXPIRY_20S, `the TTL is the expiry: ${ttl}`);
    same(await lock.unlock(), "released");
  }),

  ...lockCase(
    "a name that a node lost is given to it again, and the event says which",
    { nodes: 3 },
    async (fixture) => {
      const [a, b] = severalNames(fixture) as [string, string];
      const recorded = new Recorder();
      const lock = await fixture.mutex({ onEvent: recorded.onEvent }, [a, b]).lock();
      await fixture.tampering.forget({ nodes: [1], name: b });
      await lock.extend();
      await fixture.settled();
      same(await valuesOf(fixture, [a, b]), [fixture.each(lock.value), fixture.each(lock.value)]);
      same(
        recorded.of("repaired").map(({ name, node }) => [name, node]),
        [[b, 1]],
      );
      same(fixture.at(1).sent.filter(calling("repair")).length, 1);
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "several names have one token, the largest, raised under every name",
    { nodes: [1, 3] },
    async (fixture) => {
      const [a, b] = severalNames(fixture) as [string, string];
      const fencing = { fencing: true };
      const far = Date.now() * 1_000 + 600_000_000;
      await Promise.all(
        fixture.nodes.map((_, node) => fixture.tampering.about(b, node, "SET", fenceOf(b), `${far}`)),
      );
      const lock = await fixture.mutex({ ...fencing, failFast: false }, [a, b]).lock();
      same(lock.token, far + 1);
      same(
        [await fixture.keys.fences(a), await fixture.keys.fences(b)],
        [fixture.each(far + 1), fixture.each(far + 1)],
      );
      same(await lock.unlock(), "released");
      const ofOne = await fixture.mutex(fencing, a).lock();
      ok((ofOne.token ?? 0) > far + 1, "the next holder of one of them has a larger one");
      await ofOne.unlock();
    },
  ),

  ...lockCase("adopt() takes over several names", { nodes: 1 }, async (fixture) => {
    const list = severalNames(fixture);
    const given = await fixture.mutex({}, list).lock();
    given.handOver();
    const lock = await fixture.rival({}, list.toReversed()).adopt(given.value);
    await lock.verify();
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
    isA(await rejection(fixture.mutex({}, list).adopt(given.value)), LockLostError);
  }),
];

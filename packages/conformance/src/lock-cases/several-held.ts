import { ExtendFailedError, LockFailedError, LockLostError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { gate } from "../faults.ts";
import type { Case } from "../harness.ts";
import { calling } from "../matches.ts";
import { Recorder } from "../recorder.ts";
import {
  brisk,
  calm,
  DEADLINE,
  fenceOf,
  happily,
  happilyEach,
  OTHER,
  over,
  overEach,
  PERIOD,
} from "../stage.ts";
import { names, valuesOf } from "./several.ts";

/** Locks of several names, while they are held. */
export const severalHeld: readonly Case[] = [
  ...overEach([1, 3], "one name lost is the lock lost, and the others are deleted", async (stage) => {
    const [a, b] = names(stage) as [string, string];
    for (const operation of ["extend", "verify"] as const) {
      for (const reason of ["expired", "taken"] as const) {
        const told = new Recorder();
        const lock = await stage.mutex({ onEvent: told.onEvent }, [a, b]).lock();
        const { signal } = lock;
        if (reason === "taken") await stage.takenByOther(stage.all, b);
        else await stage.forget(stage.all, b);
        const error = await rejection(lock[operation]());
        isA(error, LockLostError);
        same([error.reason, lock.remaining()], [reason, 0]);
        ok(signal.reason === error, "the signal has aborted with it");
        ok(
          error.message.includes(`"${b}" node 0: ${reason === "taken" ? "taken" : "absent"}`),
          error.message,
        );
        same(told.of("lost").length, 1);
        await stage.settled();
        same(await stage.values(a), stage.each(null), "what is left of the other name");
        same(await stage.values(b), stage.each(reason === "taken" ? OTHER : null));
        await stage.forget(stage.all, b);
      }
    }
  }),

  happily(
    1,
    "unlock() of a lock of which one name is taken says so, and deletes the others",
    async (stage) => {
      const [a, b] = names(stage) as [string, string];
      for (const [taken, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const lock = await stage.mutex({}, [a, b]).lock();
        await stage.takenByOther(stage.all, taken);
        same(await lock.unlock(), "taken");
        await stage.settled();
        same(await valuesOf(stage, [taken, other]), [stage.each(OTHER), stage.each(null)]);
        await stage.forget(stage.all, taken);
      }
    },
  ),

  ...happilyEach([1, 3], "one extend() gives every name its full expiry again", async (stage) => {
    const list = names(stage, 3);
    const lock = await stage.mutex({ expiry: 20_000 }, list).lock();
    const lower = (name: string) =>
      Promise.all(stage.all.map((node) => stage.about(name, node, "PEXPIRE", name, "10000")));
    await Promise.all(list.map(lower));
    await lock.extend();
    for (const name of list)
      for (const ttl of await stage.ttls(name)) ok(ttl > 15_000, `the TTL is the expiry: ${ttl}`);
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  over(1, "a node that was silent for a while is asked for every name again", async (stage) => {
    const list = names(stage, 3);
    const lock = await stage.timed({ ...brisk, autoExtend: true }, list).lock();
    const first = lock.until.getTime();
    // Later than its last answer.
    await stage.clock.advance(1);
    const frozen = gate();
    const mend = stage.at(0).inject(frozen.delivery);
    const failing = rejection(lock.extend());
    await stage.clock.advance(DEADLINE);
    isA(await failing, ExtendFailedError);
    mend();
    await stage.clock.advance(PERIOD);
    ok(lock.until.getTime() > first, "it has been extended");
    await frozen.release();
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  over(1, "an attempt on several names asks a silent node for all of them, or for none", async (stage) => {
    const mutex = stage.timed(brisk, names(stage, 3));
    const frozen = gate();
    const mend = stage.at(0).inject(frozen.delivery);
    isA(await stage.clock.pass(rejection(mutex.tryLock())), LockFailedError);
    mend();
    const lock = await mutex.tryLock();
    ok(lock !== null, "the node is there for every name");
    same(await lock.unlock(), "released");
    await frozen.release();
    await stage.hasNoKeyLeft();
  }),

  happily(1, "a lock of several names renews them all", async (stage) => {
    const list = names(stage);
    const lock = await stage.timed({ autoExtend: true }, list).lock();
    for (const name of list) await stage.about(name, 0, "PEXPIRE", name, "60000");
    await stage.clock.advance(PERIOD);
    for (const name of list)
      for (const ttl of await stage.ttls(name)) ok(ttl <= calm.expiry, `the TTL is the expiry: ${ttl}`);
    same(await lock.unlock(), "released");
  }),

  happily(3, "a name that a node lost is given to it again, and the event says which", async (stage) => {
    const [a, b] = names(stage) as [string, string];
    const told = new Recorder();
    const lock = await stage.mutex({ onEvent: told.onEvent }, [a, b]).lock();
    await stage.forget([1], b);
    await lock.extend();
    await stage.settled();
    same(await valuesOf(stage, [a, b]), [stage.each(lock.value), stage.each(lock.value)]);
    same(
      told.of("repaired").map(({ name, node }) => [name, node]),
      [[b, 1]],
    );
    same(stage.at(1).sent.filter(calling("repair")).length, 1);
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  ...happilyEach(
    [1, 3],
    "several names have one token, the largest, raised under every name",
    async (stage) => {
      const [a, b] = names(stage) as [string, string];
      const fencing = { fencing: true };
      const far = Date.now() * 1_000 + 600_000_000;
      await Promise.all(stage.all.map((node) => stage.about(b, node, "SET", fenceOf(b), `${far}`)));
      const lock = await stage.mutex(fencing, [a, b]).lock();
      same(lock.token, far + 1);
      same([await stage.fences(a), await stage.fences(b)], [stage.each(far + 1), stage.each(far + 1)]);
      same(await lock.unlock(), "released");
      const ofOne = await stage.mutex(fencing, a).lock();
      ok((ofOne.token ?? 0) > far + 1, "the next holder of one of them has a larger one");
      await ofOne.unlock();
    },
  ),

  happily(1, "adopt() takes over several names", async (stage) => {
    const list = names(stage);
    const given = await stage.mutex({}, list).lock();
    given.handOver();
    const lock = await stage.rival({}, list.toReversed()).adopt(given.value);
    await lock.verify();
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
    isA(await rejection(stage.mutex({}, list).adopt(given.value)), LockLostError);
  }),
];

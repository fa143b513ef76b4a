import { ExtendFailedError, type Lock, LockLostError, type MutexOptions } from "@redsync/core";
import { isA, matches, ok, rejection, same, until } from "../assert.ts";
import { connectionCut, gate } from "../faults.ts";
import type { Case } from "../harness.ts";
import { calling } from "../matches.ts";
import { brisk, calm, DEADLINE, happily, happilyEach, OTHER, over, overEach, type Stage } from "../stage.ts";

const EXPIRY = 20_000;

/** A lock that has run out, on the holder's clock and on the nodes. */
async function expiredLock(stage: Stage, options: MutexOptions = {}): Promise<Lock> {
  const lock = await stage.timed(options).lock();
  await stage.clock.advance(calm.expiry);
  await stage.forget();
  return lock;
}

async function lossOf(extending: Promise<void>, reason: "expired" | "taken"): Promise<LockLostError> {
  const error = await rejection(extending);
  isA(error, LockLostError);
  same([error.code, error.reason], ["REDSYNC_LOCK_LOST", reason]);
  return error;
}

async function sendsNothing(stage: Stage, run: () => Promise<unknown>): Promise<void> {
  const before = stage.sent;
  await run();
  await stage.settled();
  same(stage.sent, before, "the commands that were sent");
}

/** Extending. */
export const extend: readonly Case[] = [
  ...happilyEach(
    [1, 2, 3, 4, 5],
    "extend() gives the key its full expiry again on every node",
    async (stage) => {
      const lock = await stage.mutex({ expiry: EXPIRY }).lock();
      await Promise.all(stage.all.map((node) => stage.raw(node, "PEXPIRE", stage.name, "10000")));
      const before = lock.until.getTime();
      await until("the clock has moved", () => Date.now() > before - EXPIRY * 0.99 + 2);
      await lock.extend();
      for (const ttl of await stage.ttls())
        ok(ttl > EXPIRY - 5_000 && ttl <= EXPIRY, `the TTL is the expiry: ${ttl}`);
      ok(lock.until.getTime() > before, "until has moved");
      same(await stage.values(), stage.each(lock.value));
      await lock.unlock();
    },
  ),

  ...overEach(
    [1, 3],
    "extend() of a lock that has run out is LockLostError, expired, and sends nothing",
    async (stage) => {
      const lock = await expiredLock(stage);
      await sendsNothing(stage, () => lossOf(lock.extend(), "expired"));
      same(await stage.values(), stage.each(null));
    },
  ),

  ...happilyEach([1, 2, 3], "a lock whose keys are gone is lost for good", async (stage) => {
    const lock = await stage.mutex().lock();
    await stage.forget();
    const error = await lossOf(lock.extend(), "expired");
    same(
      error.outcomes.map(({ status }) => status),
      stage.each("absent"),
    );
    same(lock.remaining(), 0);
    await sendsNothing(stage, () => lossOf(lock.extend(), "expired"));
    isA(await rejection(Promise.resolve().then(() => lock.assertHeld())), LockLostError);
    await stage.hasNoKeyLeft();
  }),

  ...happilyEach(
    [1, 2, 3],
    "a lock whose name somebody else took is lost, and the other's key stays as it is",
    async (stage) => {
      const lock = await stage.mutex().lock();
      await stage.takenByOther();
      const error = await lossOf(lock.extend(), "taken");
      same(
        error.outcomes.map(({ status }) => status),
        stage.each("taken"),
      );
      await stage.settled();
      same(await stage.values(), stage.each(OTHER));
      for (const ttl of await stage.ttls()) ok(ttl > 50_000, `the other's TTL: ${ttl}`);
      same(await lock.unlock(), "taken");
      same(await stage.values(), stage.each(OTHER));
    },
  ),

  over(
    3,
    "says taken where one node is taken and one has nothing, which together rule out a quorum",
    async (stage) => {
      const lock = await stage.mutex().lock();
      await stage.forget([0]);
      await stage.takenByOther([1]);
      await lossOf(lock.extend(), "taken");
      await stage.settled();
      same(await stage.values(), [null, OTHER, null], "our own key is taken back where it still was");
    },
  ),

  over(3, "survives that one of three nodes lost the key, or gave it to somebody else", async (stage) => {
    const lock = await stage.mutex().lock();
    await stage.takenByOther([2]);
    await lock.extend();
    ok(lock.remaining() > 0, "it is held");
    same(await lock.unlock(), "released");
    await stage.settled();
    same(await stage.values(), [null, null, OTHER]);
  }),

  ...overEach(
    [1, 3],
    "is ExtendFailedError where too few nodes answer, and the lock stays held until its old end",
    async (stage) => {
      const lock = await stage.mutex().lock();
      const before = lock.until.getTime();
      const mending = stage.nodes.map(({ inject }) => inject(connectionCut, calling("extend")));
      const error = await rejection(lock.extend());
      isA(error, ExtendFailedError);
      same(error.code, "REDSYNC_EXTEND_FAILED");
      same(
        error.outcomes.map(({ status }) => status),
        stage.each("unknown"),
      );
      matches(error.message, new RegExp(`0 of ${stage.nodes.length} nodes extended it`));
      same(lock.until.getTime(), before);
      lock.assertHeld();
      same(await stage.values(), stage.each(lock.value));
      for (const mend of mending) mend();
      await lock.extend();
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  over(3, "ends an extension at its deadline where the nodes hang for ever", async (stage) => {
    const lock = await stage.timed(brisk).lock();
    const stuck = gate();
    for (const { inject } of stage.nodes) inject(stuck.delivery, calling("extend"));
    const extending = rejection(lock.extend());
    await stage.clock.advance(DEADLINE);
    isA(await extending, ExtendFailedError);
    same(await lock.unlock(), "released");
    await stuck.release();
    await stage.hasNoKeyLeft();
  }),

  ...overEach(
    [1, 3],
    "an extension confirmed only past its new end is a loss, and is taken back",
    async (stage) => {
      const options = { expiry: EXPIRY, driftFactor: 0.75, timeoutFactor: 0.99 };
      const lock = await stage.timed(options).lock();
      const slow = gate();
      for (const { inject } of stage.nodes) inject(slow.reply, calling("extend"));
      const extending = lossOf(lock.extend(), "expired");
      // The validity is 4,998 ms, and the deadline comes after it.
      await stage.clock.advance(4_998);
      same(await stage.values(), stage.each(lock.value), "while the extension may still confirm it");
      await slow.release();
      await extending;
      await stage.hasNoKeyLeft();
    },
  ),

  ...overEach([1, 3], "setNXOnExtend takes an expired name again", async (stage) => {
    const lock = await expiredLock(stage, { setNXOnExtend: true });
    await lock.extend();
    ok(lock.remaining() > 0, "it is held again");
    same(await stage.values(), stage.each(lock.value));
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  ...overEach([1, 3], "setNXOnExtend leaves a name alone that somebody else has taken", async (stage) => {
    const lock = await expiredLock(stage, { setNXOnExtend: true });
    await stage.takenByOther();
    await lossOf(lock.extend(), "taken");
    await stage.settled();
    same(await stage.values(), stage.each(OTHER));
  }),

  over(1, "with setNXOnExtend no extension that began before a loss revives the lock", async (stage) => {
    const lock = await stage.mutex({ setNXOnExtend: true }).lock();
    const held = gate();
    stage.at(0).inject(held.reply, calling("acquire"));
    const extending = rejection(lock.extend());
    await held.reached;
    await stage.takenByOther();
    const loss = await rejection(lock.verify());
    isA(loss, LockLostError);
    await held.release();
    ok((await extending) === loss, "the extension rejects with the loss");
    same(lock.remaining(), 0);
  }),

  happily(1, "setNXOnExtend does not take again what unlock() has given back", async (stage) => {
    const lock = await stage.mutex({ setNXOnExtend: true }).lock();
    await lock.unlock();
    await sendsNothing(stage, () => lossOf(lock.extend(), "expired"));
    await stage.hasNoKeyLeft();
  }),

  happily(1, "without setNXOnExtend an extension never creates the key", async (stage) => {
    const lock = await stage.mutex().lock();
    await stage.forget();
    await lossOf(lock.extend(), "expired");
    await stage.hasNoKeyLeft();
  }),

  happily(1, "extensions at the same time all succeed", async (stage) => {
    const lock = await stage.mutex().lock();
    await Promise.all([lock.extend(), lock.extend(), lock.extend()]);
    await lock.verify();
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),
];

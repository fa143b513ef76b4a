import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../faults.ts";
import type { Case } from "../harness.ts";
import { happily, happilyEach, OTHER, overEach } from "../stage.ts";

/** Passing a lock on. */
export const adopt: readonly Case[] = [
  ...happilyEach(
    [1, 3],
    "adopt() extends at once and resolves to a lock of its own, of the same value",
    async (stage) => {
      const given = await stage.mutex().lock();
      await Promise.all(stage.all.map((node) => stage.raw(node, "PEXPIRE", stage.name, "5000")));
      const lock = await stage.mutex().adopt(given.value);
      given.handOver();
      same([lock.name, lock.value], [stage.name, given.value]);
      for (const ttl of await stage.ttls()) ok(ttl > 10_000, `the TTL was raised: ${ttl}`);

      await given[Symbol.asyncDispose]();
      await stage.settled();
      same(await stage.values(), stage.each(lock.value), "the giver's scope leaves the lock alone");
      await lock.extend();
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  happily(1, "a giver that could not pass the value on can still unlock()", async (stage) => {
    const lock = await stage.mutex().lock();
    lock.handOver();
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  ...happilyEach(
    [1, 3],
    "adopt() of what nobody holds is LockLostError, expired, and creates no key",
    async (stage) => {
      const error = await rejection(stage.mutex().adopt("long-gone"));
      isA(error, LockLostError);
      same(error.reason, "expired");
      await stage.hasNoKeyLeft();
    },
  ),

  ...happilyEach(
    [1, 3],
    "adopt() of what somebody else holds is LockLostError, taken, and touches nothing",
    async (stage) => {
      await stage.takenByOther();
      const error = await rejection(stage.mutex().adopt("long-gone"));
      isA(error, LockLostError);
      same(error.reason, "taken");
      await stage.settled();
      same(await stage.values(), stage.each(OTHER));
    },
  ),

  ...overEach(
    [1, 3],
    "adopt() is ExtendFailedError where too few nodes answer, and the giver keeps the lock",
    async (stage) => {
      const given = await stage.rival().lock();
      for (const { inject } of stage.nodes) inject(connectionCut);
      isA(await rejection(stage.mutex().adopt(given.value)), ExtendFailedError);
      await stage.settled();
      same(await stage.values(), stage.each(given.value));
      same(await given.unlock(), "released");
    },
  ),
];

import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { fenceOf } from "../fixture/keys.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { OTHER } from "../fixture/tampering.ts";
import type { Case } from "../harness.ts";
import { fenced, tokenFrom, tokenOf } from "../tokens.ts";

/** Passing a lock on. */
export const adopt: readonly Case[] = [
  ...lockCase(
    "adopt() extends at once and resolves to a lock of its own, of the same value",
    { nodes: [1, 3] },
    async (fixture) => {
      const given = await fixture.mutex().lock();
      await fixture.tampering.expireIn(10_000);
      const lock = await fixture.mutex().adopt(given.value, { token: given.token });
      given.handOver();
      same([lock.name, lock.value], [fixture.name, given.value]);
      for (const ttl of await fixture.keys.ttls()) ok(ttl > 10_000, `the TTL was raised: ${ttl}`);

      await given[Symbol.asyncDispose]();
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value), "the giver's scope leaves the lock alone");
      await lock.extend();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "adopt() of what nobody holds is LockLostError, expired, and creates no key",
    { nodes: [1, 3] },
    async (fixture) => {
      const error = await rejection(fixture.mutex().adopt("long-gone"));
      isA(error, LockLostError);
      same(error.reason, "expired");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "adopt() of what somebody else holds is LockLostError, taken, and touches nothing",
    { nodes: [1, 3] },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      const error = await rejection(fixture.mutex().adopt("long-gone"));
      isA(error, LockLostError);
      same(error.reason, "taken");
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(OTHER));
    },
  ),

  ...lockCase(
    "adopt() is ExtendFailedError if too few nodes answer, and the giver keeps the lock",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const given = await fixture.rival().lock();
      for (const { inject } of fixture.nodes) inject(connectionCut);
      isA(await rejection(fixture.mutex().adopt(given.value)), ExtendFailedError);
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(given.value));
      same(await given.unlock(), "released");
    },
  ),

  ...lockCase(
    "adopt() under more names than the value has is LockLostError, and the giver keeps it",
    { nodes: 3 },
    async (fixture) => {
      const given = await fixture.rival().lock();
      const adopting = fixture.mutex({}, [fixture.name, fixture.another()]).adopt(given.value);
      isA(await rejection(adopting), LockLostError);
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(given.value));
      await given.verify();
      same(await given.unlock(), "released");
    },
  ),

  ...lockCase(
    "adopt() with another token than the lock's is refused, and moves no fence",
    { nodes: [1, 3] },
    async (fixture) => {
      const earlier = await tokenFrom(fixture.mutex(fenced));
      await fixture.settled();
      const given = await fixture.mutex({ ...fenced, failFast: false }).lock();
      const token = tokenOf(given);
      for (const other of [earlier, token - 1, token + 1, token + 1_000_000]) {
        const error = await rejection(fixture.mutex(fenced).adopt(given.value, { token: other }));
        isA(error, ExtendFailedError);
        matches(error.message, /refused: -?ERR the fence has another token/);
        same(await fixture.keys.fences(), fixture.each(token), "the fences");
      }
      await given.verify();
      const lock = await fixture.mutex(fenced).adopt(given.value, { token });
      same(lock.token, token);
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "adopt() restores the token of a node that has lost its fence",
    { nodes: 3, faults: true },
    async (fixture) => {
      const given = await fixture.mutex(fenced).lock();
      const token = tokenOf(given);
      await fixture.tampering.forget({ nodes: [0, 1], name: fenceOf(fixture.name) });
      const lock = await fixture.mutex(fenced).adopt(given.value, { token });
      same(await fixture.keys.fences(), fixture.each(token));
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "adopt() wants the token with fencing, and only there; nothing is sent otherwise",
    { nodes: 1 },
    async (fixture) => {
      const ofFenced = fixture.mutex(fenced);
      for (const [mutex, options, type, named] of [
        [ofFenced, {}, TypeError, /token must be a number, not undefined/],
        [ofFenced, { token: undefined }, TypeError, /token must be a number, not undefined/],
        [fixture.mutex(), { token: 1 }, TypeError, /no token without fencing/],
        [ofFenced, { token: "1" as unknown as number }, TypeError, /token/],
        [ofFenced, { token: 0 }, RangeError, /token/],
        [ofFenced, { token: 1.5 }, RangeError, /token/],
        [ofFenced, { token: 2 ** 53 }, RangeError, /token/],
        [ofFenced, { token: Number.NaN }, RangeError, /token/],
      ] as const) {
        const error = await rejection(mutex.adopt("value", options));
        isA(error, type);
        matches(error.message, named);
      }
      same(countOfCommands(fixture.nodes), 0);
    },
  ),
];

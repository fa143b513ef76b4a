import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../faults.ts";
import { countOfCommands } from "../faulty-nodes.ts";
import type { Case } from "../harness.ts";
import { fenceOf } from "../keys.ts";
import { lockCase } from "../lock-case.ts";
import { Recorder } from "../recorder.ts";
import { OTHER } from "../tampering.ts";
import { EXPIRY_20S, RENEWAL_6667MS } from "../timings.ts";
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
    "a giver that could not pass the value on can still unlock()",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      lock.handOver();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "using() succeeds if its lock was handed over, also if that is unlocked after the heir",
    { nodes: 1 },
    async (fixture) => {
      const result = await fixture.mutex().using(async (lock) => {
        lock.handOver();
        const heir = await fixture.rival().adopt(lock.value);
        same(await heir.unlock(), "released");
        await fixture.tampering.takenByOther();
        same(await lock.unlock(), "taken");
        return "done";
      });
      same(result, "done");
    },
  ),

  ...lockCase("what was unlocked is nobody's to hand over", { nodes: 1 }, async (fixture) => {
    const lock = await fixture.mutex().lock();
    same(await lock.unlock(), "released");
    lock.handOver();
    same(lock.remaining(), 0);
    isA(await rejection(lock.extend()), LockLostError);
    same(countOfCommands(fixture.nodes), 2, "commands: the lock and the unlock");
  }),

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
    "the heir renews, learns of the loss and keeps the token; the giver hears nothing more",
    { nodes: 3 },
    async (fixture) => {
      const [ofGiver, ofHeir] = [new Recorder(), new Recorder()];
      const options = { fencing: true, autoExtend: true };
      const given = await fixture.timed({ ...options, onEvent: ofGiver.onEvent }).lock();
      const { value, token, signal } = given;
      ok(token, "it has a token");
      given.handOver();
      const lock = await fixture.timed({ ...options, onEvent: ofHeir.onEvent }).adopt(value, { token });
      same([lock.value, lock.token], [value, token]);
      await fixture.clock.advance(RENEWAL_6667MS);
      same(ofHeir.of("extended").length, 2, "the adoption itself, and a renewal");
      same(await fixture.keys.fences(), fixture.each(token));
      const { signal: ofLoss } = lock;
      await fixture.tampering.takenByOther();
      await fixture.clock.advance(RENEWAL_6667MS);
      ok(ofLoss.aborted, "the heir's signal has aborted");
      same(
        ofHeir.of("lost").map(({ reason }) => reason),
        ["taken"],
      );
      await fixture.clock.advance(EXPIRY_20S);
      same(given.remaining(), 0);
      same([signal.aborted, ofGiver.of("lost", "extended").length], [false, 0]);
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
      const given = await fixture.mutex(fenced).lock();
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

  ...lockCase(
    "handOver() of a lock whose time is up is a loss, though nobody has noticed",
    { nodes: 1 },
    async (fixture) => {
      const recorded = new Recorder();
      const error = await rejection(
        fixture.timed({ onEvent: recorded.onEvent }).using((lock) => {
          fixture.clock.ahead += 60_000;
          lock.handOver();
          ok(lock.signal.aborted, "the signal has aborted");
          return "done";
        }),
      );
      isA(error, LockLostError);
      same([error.result, recorded.of("lost").length], ["done", 1]);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a handed-over lock that nobody adopts ends with its expiry, though it renewed itself before",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.timed({ autoExtend: true }).lock();
      await fixture.clock.advance(RENEWAL_6667MS);
      lock.handOver();
      const before = countOfCommands(fixture.nodes);
      await fixture.clock.advance(2 * EXPIRY_20S);
      same(countOfCommands(fixture.nodes), before, "commands since then");
      const [ttl = 0] = await fixture.keys.ttls();
      ok(ttl > 0 && ttl <= EXPIRY_20S, `it has a TTL: ${ttl}`);
    },
  ),
];

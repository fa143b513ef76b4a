import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../faults.ts";
import { countOfCommands } from "../faulty-nodes.ts";
import type { Case } from "../harness.ts";
import { fenceOf } from "../keys.ts";
import { Recorder } from "../recorder.ts";
import { calm, happily, happilyEach, over, overEach, PERIOD } from "../stage.ts";
import { OTHER } from "../tampering.ts";
import { fenced, tokenFrom, tokenOf } from "../tokens.ts";

/** Passing a lock on. */
export const adopt: readonly Case[] = [
  ...happilyEach(
    [1, 3],
    "adopt() extends at once and resolves to a lock of its own, of the same value",
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

  happily(1, "a giver that could not pass the value on can still unlock()", async (fixture) => {
    const lock = await fixture.mutex().lock();
    lock.handOver();
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),

  happily(
    1,
    "using() is done where its lock was handed over, also if it is unlocked after the heir",
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

  happily(1, "what was unlocked is nobody's to hand over", async (fixture) => {
    const lock = await fixture.mutex().lock();
    same(await lock.unlock(), "released");
    lock.handOver();
    same(lock.remaining(), 0);
    isA(await rejection(lock.extend()), LockLostError);
    same(countOfCommands(fixture.nodes), 2, "commands: the lock and the unlock");
  }),

  ...happilyEach(
    [1, 3],
    "adopt() of what nobody holds is LockLostError, expired, and creates no key",
    async (fixture) => {
      const error = await rejection(fixture.mutex().adopt("long-gone"));
      isA(error, LockLostError);
      same(error.reason, "expired");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...happilyEach(
    [1, 3],
    "adopt() of what somebody else holds is LockLostError, taken, and touches nothing",
    async (fixture) => {
      await fixture.tampering.takenByOther();
      const error = await rejection(fixture.mutex().adopt("long-gone"));
      isA(error, LockLostError);
      same(error.reason, "taken");
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(OTHER));
    },
  ),

  ...overEach(
    [1, 3],
    "adopt() is ExtendFailedError where too few nodes answer, and the giver keeps the lock",
    async (fixture) => {
      const given = await fixture.rival().lock();
      for (const { inject } of fixture.nodes) inject(connectionCut);
      isA(await rejection(fixture.mutex().adopt(given.value)), ExtendFailedError);
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(given.value));
      same(await given.unlock(), "released");
    },
  ),

  happily(
    3,
    "the heir renews, is told of the loss and keeps the token; the giver hears nothing more",
    async (fixture) => {
      const [ofGiver, ofHeir] = [new Recorder(), new Recorder()];
      const options = { fencing: true, autoExtend: true };
      const given = await fixture.timed({ ...options, onEvent: ofGiver.onEvent }).lock();
      const { value, token, signal } = given;
      ok(token, "it has a token");
      given.handOver();
      const lock = await fixture.timed({ ...options, onEvent: ofHeir.onEvent }).adopt(value, { token });
      same([lock.value, lock.token], [value, token]);
      await fixture.clock.advance(PERIOD);
      same(ofHeir.of("extended").length, 2, "the adoption itself, and a renewal");
      same(await fixture.keys.fences(), fixture.each(token));
      const { signal: ofLoss } = lock;
      await fixture.tampering.takenByOther();
      await fixture.clock.advance(PERIOD);
      ok(ofLoss.aborted, "the heir's signal has aborted");
      same(
        ofHeir.of("lost").map(({ reason }) => reason),
        ["taken"],
      );
      await fixture.clock.advance(calm.expiry);
      same(given.remaining(), 0);
      same([signal.aborted, ofGiver.of("lost", "extended").length], [false, 0]);
    },
  ),

  happily(
    3,
    "adopt() of a value under more names than it has is LockLostError, and the giver keeps it",
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

  ...happilyEach(
    [1, 3],
    "adopt() with another token than the lock's is refused, and moves no fence",
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

  over(3, "adopt() restores the token of a node that has lost its fence", async (fixture) => {
    const given = await fixture.mutex(fenced).lock();
    const token = tokenOf(given);
    await fixture.tampering.forget({ nodes: [0, 1], name: fenceOf(fixture.name) });
    const lock = await fixture.mutex(fenced).adopt(given.value, { token });
    same(await fixture.keys.fences(), fixture.each(token));
    same(await lock.unlock(), "released");
  }),

  happily(
    1,
    "adopt() wants the token with fencing, and only there; nothing is sent otherwise",
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

  happily(
    1,
    "a lock that is handed over when its time is up is lost, though nobody has noticed",
    async (fixture) => {
      const told = new Recorder();
      const error = await rejection(
        fixture.timed({ onEvent: told.onEvent }).using((lock) => {
          fixture.clock.ahead += 60_000;
          lock.handOver();
          ok(lock.signal.aborted, "the signal has aborted");
          return "done";
        }),
      );
      isA(error, LockLostError);
      same([error.result, told.of("lost").length], ["done", 1]);
      await fixture.hasNoKeyLeft();
    },
  ),

  happily(
    1,
    "what no receiver comes for ends with its expiry, though it renewed itself before",
    async (fixture) => {
      const lock = await fixture.timed({ autoExtend: true }).lock();
      await fixture.clock.advance(PERIOD);
      lock.handOver();
      const before = countOfCommands(fixture.nodes);
      await fixture.clock.advance(2 * calm.expiry);
      same(countOfCommands(fixture.nodes), before, "commands since then");
      const [ttl = 0] = await fixture.keys.ttls();
      ok(ttl > 0 && ttl <= calm.expiry, `it has a TTL: ${ttl}`);
    },
  ),
];

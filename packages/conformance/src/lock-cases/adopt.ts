import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../faults.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";
import { calm, fenceOf, happily, happilyEach, OTHER, over, overEach, PERIOD } from "../stage.ts";
import { fenced, tokenFrom, tokenOf } from "../tokens.ts";

/** Passing a lock on. */
export const adopt: readonly Case[] = [
  ...happilyEach(
    [1, 3],
    "adopt() extends at once and resolves to a lock of its own, of the same value",
    async (stage) => {
      const given = await stage.mutex().lock();
      await Promise.all(stage.all.map((node) => stage.raw(node, "PEXPIRE", stage.name, "10000")));
      const lock = await stage.mutex().adopt(given.value, { token: given.token });
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

  happily(
    1,
    "using() is done where its lock was handed over, also if it is unlocked after the heir",
    async (stage) => {
      const result = await stage.mutex().using(async (lock) => {
        lock.handOver();
        const heir = await stage.rival().adopt(lock.value);
        same(await heir.unlock(), "released");
        await stage.takenByOther();
        same(await lock.unlock(), "taken");
        return "done";
      });
      same(result, "done");
    },
  ),

  happily(1, "what was unlocked is nobody's to hand over", async (stage) => {
    const lock = await stage.mutex().lock();
    same(await lock.unlock(), "released");
    lock.handOver();
    same(lock.remaining(), 0);
    isA(await rejection(lock.extend()), LockLostError);
    same(stage.sent, 2, "commands: the lock and the unlock");
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

  happily(
    3,
    "the heir renews, is told of the loss and keeps the token; the giver hears nothing more",
    async (stage) => {
      const [ofGiver, ofHeir] = [new Recorder(), new Recorder()];
      const options = { fencing: true, autoExtend: true };
      const given = await stage.timed({ ...options, onEvent: ofGiver.onEvent }).lock();
      const { value, token, signal } = given;
      ok(token, "it has a token");
      given.handOver();
      const lock = await stage.timed({ ...options, onEvent: ofHeir.onEvent }).adopt(value, { token });
      same([lock.value, lock.token], [value, token]);
      await stage.clock.advance(PERIOD);
      same(ofHeir.of("extended").length, 2, "the adoption itself, and a renewal");
      same(await stage.fences(), stage.each(token));
      const { signal: ofLoss } = lock;
      await stage.takenByOther();
      await stage.clock.advance(PERIOD);
      ok(ofLoss.aborted, "the heir's signal has aborted");
      same(
        ofHeir.of("lost").map(({ reason }) => reason),
        ["taken"],
      );
      await stage.clock.advance(calm.expiry);
      same(given.remaining(), 0);
      same([signal.aborted, ofGiver.of("lost", "extended").length], [false, 0]);
    },
  ),

  happily(
    3,
    "adopt() of a value under more names than it has is LockLostError, and the giver keeps it",
    async (stage) => {
      const given = await stage.rival().lock();
      const adopting = stage.mutex({}, [stage.name, stage.another()]).adopt(given.value);
      isA(await rejection(adopting), LockLostError);
      await stage.settled();
      same(await stage.values(), stage.each(given.value));
      await given.verify();
      same(await given.unlock(), "released");
    },
  ),

  ...happilyEach(
    [1, 3],
    "adopt() with another token than the lock's is refused, and moves no fence",
    async (stage) => {
      const earlier = await tokenFrom(stage.mutex(fenced));
      const given = await stage.mutex(fenced).lock();
      const token = tokenOf(given);
      for (const other of [earlier, token - 1, token + 1, token + 1_000_000]) {
        const error = await rejection(stage.mutex(fenced).adopt(given.value, { token: other }));
        isA(error, ExtendFailedError);
        matches(error.message, /refused: -?ERR the fence has another token/);
        same(await stage.fences(), stage.each(token), "the fences");
      }
      await given.verify();
      const lock = await stage.mutex(fenced).adopt(given.value, { token });
      same(lock.token, token);
      same(await lock.unlock(), "released");
    },
  ),

  over(3, "adopt() restores the token of a node that has lost its fence", async (stage) => {
    const given = await stage.mutex(fenced).lock();
    const token = tokenOf(given);
    await stage.forget([0, 1], fenceOf(stage.name));
    const lock = await stage.mutex(fenced).adopt(given.value, { token });
    same(await stage.fences(), stage.each(token));
    same(await lock.unlock(), "released");
  }),

  happily(
    1,
    "adopt() wants the token with fencing, and only there; nothing is sent otherwise",
    async (stage) => {
      const ofFenced = stage.mutex(fenced);
      for (const [mutex, options, type, named] of [
        [ofFenced, {}, TypeError, /token must be a number, not undefined/],
        [ofFenced, { token: undefined }, TypeError, /token must be a number, not undefined/],
        [stage.mutex(), { token: 1 }, TypeError, /no token without fencing/],
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
      same(stage.sent, 0);
    },
  ),

  happily(
    1,
    "a lock that is handed over when its time is up is lost, though nobody has noticed",
    async (stage) => {
      const told = new Recorder();
      const error = await rejection(
        stage.timed({ onEvent: told.onEvent }).using((lock) => {
          stage.clock.ahead += 60_000;
          lock.handOver();
          ok(lock.signal.aborted, "the signal has aborted");
          return "done";
        }),
      );
      isA(error, LockLostError);
      same([error.result, told.of("lost").length], ["done", 1]);
      await stage.hasNoKeyLeft();
    },
  ),

  happily(
    1,
    "what no receiver comes for ends with its expiry, though it renewed itself before",
    async (stage) => {
      const lock = await stage.timed({ autoExtend: true }).lock();
      await stage.clock.advance(PERIOD);
      lock.handOver();
      const before = stage.sent;
      await stage.clock.advance(2 * calm.expiry);
      same(stage.sent, before, "commands since then");
      const [ttl = 0] = await stage.ttls();
      ok(ttl > 0 && ttl <= calm.expiry, `it has a TTL: ${ttl}`);
    },
  ),
];

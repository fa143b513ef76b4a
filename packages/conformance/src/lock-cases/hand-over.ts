import { LockLostError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { EXPIRY_20S, RENEWAL_6667MS } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";

/** Giving a lock away. */
export const handOver: readonly Case[] = [
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

import { ok, rejection, same } from "../assert.ts";
import { failureFrom } from "../failed-attempts.ts";
import { gate, hung, replyNeverComes } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first, naming } from "../fixture/matches.ts";
import { EXPIRY_20S, expiry20sRound1s, expiry20sRound10s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { settlement } from "../settlement.ts";

/** Nodes that say nothing, beside others or for a while. */
export const silentNodes: readonly Case[] = [
  ...lockCase("locks without waiting for a node that hangs", { nodes: 3, faults: true }, async (fixture) => {
    const stuck = gate();
    fixture.at(0).inject(stuck.delivery);
    // No time passes: they would wait for ever.
    const lock = await fixture.timed().lock();
    await lock.extend();
    await stuck.release();
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "waits for a node that hangs until the deadline, without failFast",
    { nodes: 3, faults: true },
    async (fixture) => {
      const stuck = gate();
      fixture.at(0).inject(stuck.delivery, calling("acquire"));
      const locking = fixture.timed({ ...expiry20sRound1s, failFast: false }).lock();
      const attempt = settlement(locking);
      await fixture.clock.advance(ROUND_1S - 1);
      same(attempt.isDone, false, "it has not waited");
      await fixture.clock.advance(1);
      same(attempt.isDone, true, "it has locked at the deadline");
      same(await (await locking).unlock(), "released");
      await stuck.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "one reply that never comes does not silence a node that answers others",
    { nodes: 1, faults: true },
    async (fixture) => {
      const redsync = fixture.redsync({ ...expiry20sRound1s, tries: 1 }, fixture.clock);
      fixture.at(0).inject(replyNeverComes, naming(fixture.name));
      const losing = failureFrom(redsync.mutex(fixture.name).lock());
      const attempt = settlement(losing);
      // What is asked in one turn is one command, and would share its fate.
      await fixture.clock.advance(1);
      const pair = async (name: string) => {
        const lock = await redsync.mutex(name).lock();
        await lock.unlock();
      };
      const others = [fixture.another(), fixture.another()];
      for (let after = 0; after < 5; after += attempt.isDone ? 1 : 0) {
        await Promise.all(others.map(pair));
        await fixture.clock.advance(ROUND_1S / 4);
      }
      await losing;
    },
  ),

  ...lockCase(
    "a node that misses a short deadline is still asked with a longer one",
    { nodes: 1, faults: true },
    async (fixture) => {
      const redsync = fixture.redsync({ ...expiry20sRound10s, tries: 1 }, fixture.clock);
      const slow = gate();
      fixture.at(0).inject(slow.reply);
      const failing = failureFrom(redsync.mutex(fixture.name, expiry20sRound1s).lock());
      await fixture.clock.advance(1.5 * ROUND_1S);
      await failing;
      const others = [fixture.another(), fixture.another()];
      const long = others.map((name) => redsync.mutex(name).tryLock());
      await fixture.clock.advance(ROUND_1S);
      await slow.release();
      for (const lock of await Promise.all(long)) same(await lock?.unlock(), "released");
    },
  ),

  ...lockCase(
    "a slow undo does not silence a node that answers in time",
    { nodes: 1, faults: true },
    async (fixture) => {
      const redsync = fixture.redsync(expiry20sRound1s, fixture.clock);
      const [acquiring, undoing] = [gate(), gate()];
      fixture.at(0).inject(acquiring.reply, first(calling("acquire")));
      fixture.at(0).inject(undoing.reply, first(calling("release")));
      const controller = new AbortController();
      const aborted = rejection(redsync.mutex(fixture.name).lock({ signal: controller.signal }));
      await fixture.clock.advance(ROUND_1S / 10);
      controller.abort();
      await aborted;
      // The undo waits for the acquire, and its own deadline passes before it is answered.
      await fixture.clock.advance(ROUND_1S / 2);
      await acquiring.release();
      await undoing.reached;
      await fixture.clock.advance(ROUND_1S);
      const others = [fixture.another(), fixture.another(), fixture.another()];
      const locks = await Promise.all(others.map((name) => redsync.mutex(name).tryLock()));
      for (const lock of locks) same(await lock?.unlock(), "released");
      await undoing.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "does not flood a node that hangs, and lets it vote again when it answers",
    { nodes: 3, faults: true },
    async (fixture) => {
      const hanging = fixture.at(0).inject(hung);
      const mutex = fixture.timed({ timeoutFactor: 0.35 });
      const keepLocking = async (turns: number) => {
        for (let turn = 0; turn < turns; turn++) {
          await (await mutex.lock()).unlock();
          await fixture.clock.advance(1_600);
        }
      };
      // The first turns have asked it, and once their deadline of 7 s has passed they ask it to forget that.
      await keepLocking(23);
      const early = fixture.at(0).sent.length;
      await keepLocking(15);
      const asked = fixture.at(0).sent.length - early;
      ok(asked <= 12, `asked ${asked} times in 15 turns and 24 s`);
      hanging();
      // It is asked again within an expiry.
      await fixture.clock.advance(EXPIRY_20S);
      for (const isProbe of [true, false]) {
        const lock = await mutex.lock();
        await fixture.clock.advance(1);
        same(
          (await fixture.keys.values())[0],
          lock.value,
          `what the node has, ${isProbe ? "probed" : "back"}`,
        );
        same(await lock.unlock(), "released");
      }
      await fixture.hasNoKeyLeft();
    },
  ),
];

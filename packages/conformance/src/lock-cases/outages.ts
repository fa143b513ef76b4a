import { LockFailedError, type MutexOptions, NodeError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut, errorReply, gate, hung, replyNeverComes } from "../faults.ts";
import { mendAll } from "../faulty-nodes.ts";
import type { Fixture } from "../fixture.ts";
import type { Case } from "../harness.ts";
import { lockCase } from "../lock-case.ts";
import { calling, first, naming } from "../matches.ts";
import { EXPIRY_20S, expiry20sRound1s, expiry20sRound10s, ROUND_1S } from "../timings.ts";

/** What a single attempt fails with, which is not contention. */
const failureOf = (fixture: Fixture, options: MutexOptions = {}): Promise<LockFailedError> =>
  failureIn(fixture.mutex({ tries: 1, ...options }).lock());

async function failureIn(locking: Promise<unknown>): Promise<LockFailedError> {
  const error = await rejection(locking);
  isA(error, LockFailedError);
  same(error.code, "REDSYNC_LOCK_FAILED");
  return error;
}

/** Whether a promise has settled by now, either way. */
function settlement(promise: Promise<unknown>): { isDone: boolean } {
  const state = { isDone: false };
  const end = () => {
    state.isDone = true;
  };
  promise.then(end, end);
  return state;
}

/** Nodes that refuse, cannot be reached, or say nothing. */
export const outages: readonly Case[] = [
  ...lockCase(
    "fails with LockFailedError if no node can be reached, down to the client's own error",
    { nodes: [1, 3, 4], faults: true },
    async (fixture) => {
      for (const { inject } of fixture.nodes) inject(connectionCut);
      const error = await failureOf(fixture);
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
      );
      matches(error.message, /node 0: no answer: Socket closed unexpectedly/);
      isA(error.cause, NodeError);
      same([error.cause.node, error.cause.refused], [0, false]);
      isA(error.cause.cause, Error);
      same(error.cause.cause.message, "Socket closed unexpectedly");
      isA(await rejection(fixture.mutex().tryLock()), LockFailedError);
    },
  ),

  ...lockCase(
    "leaves no key behind if too few nodes could be reached",
    { nodes: [2, 3, 5], faults: true },
    async (fixture) => {
      const quorum = Math.floor(fixture.nodes.length / 2) + 1;
      for (const { inject } of fixture.nodes.slice(quorum - 1)) inject(connectionCut);
      const error = await failureOf(fixture, { tries: 2 });
      same(error.outcomes.filter(({ status }) => status === "ok").length, quorum - 1);
      matches(
        error.message,
        new RegExp(`${quorum - 1} of ${fixture.nodes.length} nodes granted it and ${quorum} must`),
      );
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "counts a server's own error as refused, and says it",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      for (const { inject } of fixture.nodes)
        inject(errorReply("LOADING Redis is loading the dataset in memory"));
      const error = await failureOf(fixture);
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("failed"),
      );
      matches(error.message, /node 0: refused: LOADING Redis is loading/);
      isA(error.cause, NodeError);
      same(error.cause.refused, true);
    },
  ),

  ...lockCase(
    "fails with WRONGTYPE if the name holds other data, which stays",
    { nodes: 1, faults: true },
    async (fixture) => {
      await fixture.tampering.send(0, "RPUSH", fixture.name, "item");
      const error = await failureOf(fixture);
      matches(error.message, /node 0: refused: -?WRONGTYPE /);
      isA(error.cause, NodeError);
      isA(error.cause.cause, Error);
      matches(error.cause.cause.message, /WRONGTYPE/);
      await fixture.settled();
      same(await fixture.tampering.send(0, "RPUSH", fixture.name, "item"), 2);
    },
  ),

  ...lockCase(
    "ends an attempt at its deadline if the nodes hang for ever",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.delivery);
      const failing = failureIn(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock());
      const attempt = settlement(failing);
      await fixture.clock.advance(ROUND_1S - 1);
      same(attempt.isDone, false, "the attempt is over before its deadline");
      await fixture.clock.advance(1);
      same(attempt.isDone, true, "the attempt is over at its deadline");
      const error = await failing;
      await stuck.release();
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
      );
      matches(error.message, /node 0: no answer within \d+ ms \(.*timeoutFactor.*raise/);
    },
  ),

  ...lockCase(
    "undoes at its deadline what ran on nodes whose reply never comes",
    { nodes: 3, faults: true },
    async (fixture) => {
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.reply, calling("acquire"));
      const failing = failureIn(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock());
      await fixture.clock.advance(ROUND_1S - 1);
      ok(!(await fixture.keys.values()).includes(null), "the nodes have run it");
      await fixture.clock.advance(1);
      await failing;
      same(await fixture.keys.values(), fixture.each(null), "what is left at the deadline");
      await stuck.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an attempt leaves nothing on a node whose reply never comes",
    { nodes: 1, faults: true },
    async (fixture) => {
      fixture.at(0).inject(replyNeverComes, calling("acquire"));
      await fixture.clock.pass(failureIn(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock()));
      same(await fixture.keys.values(), [null]);
    },
  ),

  ...lockCase(
    "locks without waiting for a node that hangs, with failFast",
    { nodes: 3, faults: true },
    async (fixture) => {
      const stuck = gate();
      fixture.at(0).inject(stuck.delivery);
      // No time passes: they would wait for ever.
      const lock = await fixture.timed({ failFast: true }).lock();
      await lock.extend();
      await stuck.release();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "waits for a node that hangs until the deadline, without failFast",
    { nodes: 3, faults: true },
    async (fixture) => {
      const stuck = gate();
      fixture.at(0).inject(stuck.delivery, calling("acquire"));
      const locking = fixture.timed(expiry20sRound1s).lock();
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
      const losing = failureIn(redsync.mutex(fixture.name).lock());
      const attempt = settlement(losing);
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
      const failing = failureIn(redsync.mutex(fixture.name, expiry20sRound1s).lock());
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
      const mutex = fixture.timed({ timeoutFactor: 0.35, failFast: true });
      const keepLocking = async (turns: number) => {
        for (let turn = 0; turn < turns; turn++) {
          await (await mutex.lock()).unlock();
          await fixture.clock.advance(800);
        }
      };
      // The first turns have asked it, and once their deadline of 7 s has passed they ask it to forget that.
      await keepLocking(45);
      const early = fixture.at(0).sent.length;
      await keepLocking(30);
      const asked = fixture.at(0).sent.length - early;
      ok(asked <= 12, `asked ${asked} times in 30 turns and 24 s`);
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

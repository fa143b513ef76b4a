import { LockFailedError, type MutexOptions, NodeError } from "@redsync/core";
import { isA, matches, ok, pause, rejection, same, timeOf, until } from "../assert.ts";
import { connectionCut, errorReply, gate, hung, replyDelayed, replyNeverComes } from "../faults.ts";
import type { Case } from "../harness.ts";
import { brisk, calling, calm, DEADLINE, fleeting, over, overEach, type Stage } from "../stage.ts";

/** What a single attempt fails with, which is not contention. */
async function failureOf(stage: Stage, options: MutexOptions = {}): Promise<LockFailedError> {
  const error = await rejection(stage.mutex({ tries: 1, ...options }).lock());
  isA(error, LockFailedError);
  same(error.code, "REDSYNC_LOCK_FAILED");
  return error;
}

/** Nodes that refuse, cannot be reached, or say nothing. */
export const outages: readonly Case[] = [
  ...overEach(
    [1, 3, 4],
    "fails with LockFailedError, down to the client's own error, where no node can be reached",
    async (stage) => {
      for (const { inject } of stage.nodes) inject(connectionCut);
      const error = await failureOf(stage);
      same(
        error.outcomes.map(({ status }) => status),
        stage.each("unknown"),
      );
      matches(error.message, /node 0: no answer: Socket closed unexpectedly/);
      isA(error.cause, NodeError);
      same([error.cause.node, error.cause.refused], [0, false]);
      isA(error.cause.cause, Error);
      same(error.cause.cause.message, "Socket closed unexpectedly");
      isA(await rejection(stage.mutex().tryLock()), LockFailedError);
    },
  ),

  ...overEach([2, 3, 5], "leaves no key behind where too few nodes could be reached", async (stage) => {
    const quorum = Math.floor(stage.nodes.length / 2) + 1;
    for (const { inject } of stage.nodes.slice(quorum - 1)) inject(connectionCut);
    const error = await failureOf(stage, { tries: 2 });
    same(error.outcomes.filter(({ status }) => status === "granted").length, quorum - 1);
    matches(
      error.message,
      new RegExp(`${quorum - 1} of ${stage.nodes.length} nodes granted it and ${quorum} must`),
    );
    stage.mend();
    await stage.hasNoKeyLeft();
  }),

  ...overEach([1, 3], "counts a server's own error as refused, and says it", async (stage) => {
    for (const { inject } of stage.nodes)
      inject(errorReply("LOADING Redis is loading the dataset in memory"));
    const error = await failureOf(stage);
    same(
      error.outcomes.map(({ status }) => status),
      stage.each("failed"),
    );
    matches(error.message, /node 0: refused: LOADING Redis is loading/);
    isA(error.cause, NodeError);
    same(error.cause.refused, true);
  }),

  over(1, "fails with WRONGTYPE where the name holds other data, which stays", async (stage) => {
    await stage.raw(0, "RPUSH", stage.name, "item");
    const error = await failureOf(stage);
    matches(error.message, /node 0: refused: -?WRONGTYPE /);
    isA(error.cause, NodeError);
    isA(error.cause.cause, Error);
    matches(error.cause.cause.message, /WRONGTYPE/);
    await stage.settled();
    same(await stage.raw(0, "RPUSH", stage.name, "item"), 2);
  }),

  ...overEach([1, 3], "ends an attempt at its deadline where the nodes hang for ever", async (stage) => {
    const stuck = gate();
    for (const { inject } of stage.nodes) inject(stuck.delivery);
    const start = performance.now();
    const failing = failureOf(stage, brisk);
    const ms = await timeOf(failing, start);
    ok(ms >= DEADLINE - 5 && ms < brisk.expiry, `after ${ms} ms`);
    const error = await failing;
    await stuck.release();
    same(
      error.outcomes.map(({ status }) => status),
      stage.each("unknown"),
    );
    matches(error.message, /node 0: no answer within \d+ ms \(.*timeoutFactor.*raise/);
  }),

  over(3, "undoes at its deadline what ran on nodes whose reply never comes", async (stage) => {
    const stuck = gate();
    for (const { inject } of stage.nodes) inject(stuck.reply, calling("acquire"));
    const start = performance.now();
    await failureOf(stage, brisk);
    await until("no key is left", async () => (await stage.values()).every((value) => value === null));
    ok(performance.now() - start < brisk.expiry / 2, "the keys were deleted, not left to expire");
    await stuck.release();
    await stage.hasNoKeyLeft();
  }),

  over(1, "what ran on a node whose reply never comes is gone when the attempt is over", async (stage) => {
    stage.at(0).inject(replyNeverComes, calling("acquire"));
    await failureOf(stage, fleeting);
    await stage.hasNoKeyLeft();
  }),

  over(3, "locks without waiting for a node that hangs, with failFast", async (stage) => {
    const stuck = gate();
    stage.at(0).inject(stuck.delivery);
    // The deadline is at 1 s.
    const mutex = stage.mutex({ expiry: 20_000, timeoutFactor: 0.05, failFast: true });
    const locking = mutex.lock();
    ok((await timeOf(locking)) < 900, "it locks before the deadline");
    const lock = await locking;
    const extending = lock.extend();
    ok((await timeOf(extending)) < 900, "it extends before the deadline");
    await extending;
    await stuck.release();
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  over(3, "waits for a node that hangs until the deadline, without failFast", async (stage) => {
    const stuck = gate();
    stage.at(0).inject(stuck.delivery, calling("acquire"));
    const start = performance.now();
    const locking = stage.mutex(brisk).lock();
    ok((await timeOf(locking, start)) >= DEADLINE - 5, "it has waited");
    same(await (await locking).unlock(), "released");
    await stuck.release();
    await stage.hasNoKeyLeft();
  }),

  over(1, "one reply that never comes does not silence a node that answers others", async (stage) => {
    const redsync = stage.redsync({ expiry: 500, timeoutFactor: 0.3, tries: 1 });
    stage.at(0).inject(replyNeverComes, (command) => command.includes(stage.name));
    let isOver = false;
    const losing = rejection(redsync.mutex(stage.name).lock()).finally(() => {
      isOver = true;
    });
    const pair = async (name: string) => {
      const lock = await redsync.mutex(name).lock();
      await lock.unlock();
    };
    const others = [stage.another(), stage.another()];
    for (let after = 0; after < 5; after += isOver ? 1 : 0) {
      await Promise.all(others.map(pair));
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    isA(await losing, LockFailedError);
  }),

  over(1, "a node that misses a short deadline is asked by who has a longer one", async (stage) => {
    const redsync = stage.redsync({ tries: 1 });
    stage.at(0).inject(replyDelayed(150));
    const short = redsync.mutex(stage.name, { expiry: 300, timeoutFactor: 0.2 });
    isA(await rejection(short.lock()), LockFailedError);
    const long = [stage.another(), stage.another()].map((name) => redsync.mutex(name, calm).tryLock());
    for (const lock of await Promise.all(long)) same(await lock?.unlock(), "released");
  }),

  over(1, "a slow undo does not silence a node that answers in time", async (stage) => {
    const redsync = stage.redsync({ ...brisk, timeoutFactor: 0.1 });
    // The undo waits for the acquire, and is answered when its own deadline of 300 ms has passed.
    stage.at(0).inject(replyDelayed(200));
    const signal = AbortSignal.timeout(20);
    await rejection(redsync.mutex(stage.name).lock({ signal }));
    await pause(360);
    const others = [stage.another(), stage.another(), stage.another()];
    const locks = await Promise.all(others.map((name) => redsync.mutex(name).tryLock()));
    for (const lock of locks) same(await lock?.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  over(3, "does not flood a node that hangs, and lets it vote again when it answers", async (stage) => {
    const hanging = stage.at(0).inject(hung);
    const mutex = stage.mutex({ expiry: 400, timeoutFactor: 0.35, failFast: true });
    let rounds = 0;
    const keepLocking = async (ms: number) => {
      for (const end = performance.now() + ms; performance.now() < end; rounds++) {
        await (await mutex.lock()).unlock();
        // A node without I/O would leave the timers no turn.
        // Not every millisecond: a request on Workers may have 10,000 timers, and some clients set one for each command.
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
    };
    // The first rounds have asked it, and once their deadline of 140 ms has passed they ask it to forget that.
    await keepLocking(700);
    const early = stage.at(0).sent.length;
    await keepLocking(500);
    const asked = stage.at(0).sent.length - early;
    ok(rounds > 20 && asked <= 12, `asked ${asked} times in 500 ms of ${rounds} rounds`);
    hanging();
    await until("the node votes again", async () => {
      const lock = await mutex.lock();
      const votes = (await stage.values())[0] === lock.value;
      await lock.unlock();
      return votes;
    });
    await stage.hasNoKeyLeft();
  }),
];

import { LockFailedError, LockTakenError, type RedsyncEvent } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import type { Fixture } from "../fixture/fixture.ts";
import { inLanes } from "../fixture/in-lanes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER, OTHERS_EXPIRY } from "../fixture/tampering.ts";
import { expiry20sRound10s } from "../fixture/timings.ts";
import { lockEverywhere } from "../fixture/waiters.ts";
import type { Case } from "../harness.ts";

/** Every subset of the nodes, by their indexes. */
function subsetsOf({ nodes }: Fixture): number[][] {
  const all = [...nodes.keys()];
  return Array.from({ length: 2 ** all.length }, (_, mask) => all.filter((node) => mask & (1 << node)));
}

/** Meeting other holders. */
export const contention: readonly Case[] = [
  ...lockCase(
    "tryLock() gives null if somebody else holds the name, and touches nothing",
    { nodes: [1, 2, 3, 4, 5] },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      same(await fixture.mutex().tryLock(), null);
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(held.value));
      same(await held.unlock(), "released");
    },
  ),

  ...lockCase(
    "locks exactly if a quorum is free, whichever nodes others hold, and leaves no key of its own",
    { nodes: [1, 2, 3, 4, 5] },
    async (fixture) => {
      const quorum = Math.floor(fixture.nodes.length / 2) + 1;
      const redsync = fixture.redsync();
      await inLanes(fixture, subsetsOf(fixture), async (name, foreign) => {
        await fixture.tampering.takenByOther({ nodes: foreign, name });
        const lock = await redsync.mutex(name).tryLock();
        const free = fixture.nodes.length - foreign.length;
        same(lock !== null, free >= quorum, `whether it locks with nodes ${foreign} held by others`);
        same(await lock?.unlock(), lock ? "released" : undefined);
        await redsync.settled();
        const left = fixture.nodes.map((_, node) => (foreign.includes(node) ? OTHER : null));
        same(await fixture.keys.values(name), left, `what is left with nodes ${foreign} held by others`);
        await fixture.tampering.forget({ name });
      });
    },
  ),

  ...lockCase(
    "lock() fails with LockTakenError after its tries, naming the nodes",
    { nodes: [1, 3, 4], polls: true },
    async (fixture) => {
      const foreign = fixture.nodes.length === 1 ? [0] : [1, 2];
      await fixture.tampering.takenByOther({ nodes: foreign });
      const events: RedsyncEvent[] = [];
      const error = await rejection(
        fixture.mutex({ tries: 3, failFast: false, onEvent: (event) => events.push(event) }).lock(),
      );
      isA(error, LockTakenError);
      same(error.code, "REDSYNC_LOCK_TAKEN");
      same(error.nodes, foreign);
      const statuses = fixture.nodes.map((_, node) => (foreign.includes(node) ? "taken" : "ok"));
      same(
        error.outcomes.map(({ name, node, status }) => ({ name, node, status })),
        statuses.map((status, node) => ({ name: fixture.name, node, status })),
      );
      for (const outcome of error.outcomes)
        if (outcome.status === "taken")
          ok(
            outcome.remaining > OTHERS_EXPIRY / 2 && outcome.remaining <= OTHERS_EXPIRY,
            `taken for ${outcome.remaining} ms`,
          );
      matches(
        error.message,
        /could not be locked in \d+ ms and 3 attempts, ended by its tries: others hold it: .*node 0: /,
      );
      same(
        events.map(({ type }) => type),
        ["contended", "contended", "contended", "failed"],
      );
      await fixture.settled();
      same(
        await fixture.keys.values(),
        fixture.nodes.map((_, node) => (foreign.includes(node) ? OTHER : null)),
      );
    },
  ),

  ...lockCase(
    "contenders that split the nodes in a tie all get their turn",
    { nodes: [2, 4] },
    async (fixture) => {
      let holders = 0;
      let turns = 0;
      const options = { tries: Number.POSITIVE_INFINITY, retryDelay: () => 2 + Math.random() * 30 };
      const contender = async () => {
        const lock = await fixture.mutex({ ...options, shuffleNodes: true }).lock();
        same(++holders, 1, "holders at a time");
        await lock.verify();
        holders--;
        turns++;
        same(await lock.unlock(), "released");
      };
      await Promise.all(Array.from({ length: 6 }, contender));
      same(turns, 6);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "is LockFailedError, not LockTakenError, if the holders alone could not keep us out",
    { nodes: 3, faults: true },
    async (fixture) => {
      await fixture.tampering.takenByOther({ nodes: [0] });
      fixture.at(1).inject(connectionCut, calling("acquire"));
      const mutex = fixture.mutex({ tries: 1 });
      const error = await rejection(mutex.lock());
      isA(error, LockFailedError);
      same(
        error.outcomes.map(({ status }) => status),
        ["taken", "unknown", "ok"],
      );
      // Over HTTP the next attempt may overtake the undo of this one, and meet its own value.
      await fixture.settled();
      isA(await rejection(mutex.tryLock()), LockFailedError);
      await fixture.settled();
      same(await fixture.keys.values(), [OTHER, null, null]);
    },
  ),

  ...lockCase(
    "asks retryDelay for the pause after each attempt, and makes as many attempts as tries says",
    { nodes: 1, polls: true },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      const asked: number[] = [];
      const retryDelay = (attempt: number) => asked.push(attempt);
      // By a clock of its own: who polls for a second enters the queues, and leaves them by one more command.
      const locking = fixture.timed({ tries: 4, retryDelay }).lock();
      isA(await rejection(fixture.clock.pass(locking)), LockTakenError);
      same(asked, [1, 2, 3]);
      same(
        countOfCommands(fixture.nodes),
        4,
        "commands: one for each attempt, and no undo of what was taken",
      );
    },
  ),

  ...lockCase(
    "rejects if retryDelay returns no duration, instead of trying in a hot loop",
    { nodes: 1 },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      for (const delay of [Number.NaN, -1, 2 ** 31, Number.POSITIVE_INFINITY]) {
        const error = await rejection(fixture.mutex({ retryDelay: () => delay }).lock());
        isA(error, RangeError);
        matches(error.message, /retryDelay/);
      }
      same(countOfCommands(fixture.nodes), 4);
    },
  ),

  ...lockCase("the last attempt decides the error", { nodes: 1, faults: true }, async (fixture) => {
    await fixture.tampering.takenByOther();
    const retryDelay = (attempt: number) => {
      if (attempt === 2) fixture.at(0).inject(connectionCut);
      return 1;
    };
    isA(
      await rejection(fixture.mutex({ ...expiry20sRound10s, tries: 3, retryDelay }).lock()),
      LockFailedError,
    );
  }),
];

import { LockFailedError, LockTakenError, type RedsyncEvent } from "@redsync/core";
import { isA, matches, rejection, same } from "../assert.ts";
import { connectionCut } from "../faults.ts";
import type { Case } from "../harness.ts";
import { calling } from "../matches.ts";
import { calm, happily, happilyEach, inLanes, OTHER, over, type Stage } from "../stage.ts";

/** Every subset of the stage's nodes. */
function masks({ all }: Stage): number[][] {
  return Array.from({ length: 2 ** all.length }, (_, mask) => all.filter((node) => mask & (1 << node)));
}

/** Meeting other holders. */
export const contention: readonly Case[] = [
  ...happilyEach(
    [1, 2, 3, 4, 5],
    "tryLock() gives null where somebody else holds the name, and touches nothing",
    async (stage) => {
      const held = await stage.rival().lock();
      same(await stage.mutex().tryLock(), null);
      await stage.settled();
      same(await stage.values(), stage.each(held.value));
      same(await held.unlock(), "released");
    },
  ),

  ...happilyEach(
    [1, 2, 3, 4, 5],
    "locks whichever nodes others hold, exactly if a quorum is free, and leaves no key of its own",
    async (stage) => {
      const quorum = Math.floor(stage.nodes.length / 2) + 1;
      const redsync = stage.redsync();
      await inLanes(stage, masks(stage), async (name, foreign) => {
        await stage.takenByOther(foreign, name);
        const lock = await redsync.mutex(name).tryLock();
        const free = stage.nodes.length - foreign.length;
        same(lock !== null, free >= quorum, `whether it locks with nodes ${foreign} held by others`);
        same(await lock?.unlock(), lock ? "released" : undefined);
        await redsync.settled();
        const left = stage.all.map((node) => (foreign.includes(node) ? OTHER : null));
        same(await stage.values(name), left, `what is left with nodes ${foreign} held by others`);
        await stage.forget(stage.all, name);
      });
    },
  ),

  ...happilyEach(
    [1, 3, 4],
    "lock() fails with LockTakenError after its tries, naming the nodes",
    async (stage) => {
      const foreign = stage.nodes.length === 1 ? [0] : [1, 2];
      await stage.takenByOther(foreign);
      const events: RedsyncEvent[] = [];
      const error = await rejection(stage.mutex({ tries: 3, onEvent: (event) => events.push(event) }).lock());
      isA(error, LockTakenError);
      same(error.code, "REDSYNC_LOCK_TAKEN");
      same(error.nodes, foreign);
      const statuses = stage.all.map((node) => (foreign.includes(node) ? "taken" : "ok"));
      same(
        error.outcomes,
        statuses.map((status, node) => ({ name: stage.name, node, status })),
      );
      matches(
        error.message,
        /could not be locked in \d+ ms and 3 attempts, ended by its tries: others hold it: .*node 0: /,
      );
      same(
        events.map(({ type }) => type),
        ["contended", "contended", "contended", "failed"],
      );
      await stage.settled();
      same(
        await stage.values(),
        stage.all.map((node) => (foreign.includes(node) ? OTHER : null)),
      );
    },
  ),

  ...happilyEach([2, 4], "contenders that split the nodes in a tie all get their turn", async (stage) => {
    let holders = 0;
    let turns = 0;
    const options = { tries: Number.POSITIVE_INFINITY, retryDelay: () => 2 + Math.random() * 30 };
    const contender = async () => {
      const lock = await stage.mutex({ ...options, shuffleNodes: true }).lock();
      same(++holders, 1, "holders at a time");
      await lock.verify();
      holders--;
      turns++;
      same(await lock.unlock(), "released");
    };
    await Promise.all(Array.from({ length: 6 }, contender));
    same(turns, 6);
    await stage.hasNoKeyLeft();
  }),

  over(
    3,
    "is LockFailedError, not LockTakenError, where those who hold the name could not keep us out alone",
    async (stage) => {
      await stage.takenByOther([0]);
      stage.at(1).inject(connectionCut, calling("acquire"));
      const mutex = stage.mutex({ tries: 1 });
      const error = await rejection(mutex.lock());
      isA(error, LockFailedError);
      same(
        error.outcomes.map(({ status }) => status),
        ["taken", "unknown", "ok"],
      );
      // Over HTTP the next attempt may overtake the undo of this one, and meet its own value.
      await stage.settled();
      isA(await rejection(mutex.tryLock()), LockFailedError);
      await stage.settled();
      same(await stage.values(), [OTHER, null, null]);
    },
  ),

  happily(
    1,
    "asks retryDelay for the pause after each attempt, and makes as many attempts as tries says",
    async (stage) => {
      await stage.takenByOther();
      const asked: number[] = [];
      const retryDelay = (attempt: number) => asked.push(attempt);
      isA(await rejection(stage.mutex({ tries: 4, retryDelay }).lock()), LockTakenError);
      same(asked, [1, 2, 3]);
      same(stage.sent, 4, "commands: one for each attempt, and no undo of what was taken");
    },
  ),

  happily(
    1,
    "rejects where retryDelay returns no duration, rather than to try in a hot loop",
    async (stage) => {
      await stage.takenByOther();
      for (const delay of [Number.NaN, -1, 2 ** 31, Number.POSITIVE_INFINITY]) {
        const error = await rejection(stage.mutex({ retryDelay: () => delay }).lock());
        isA(error, RangeError);
        matches(error.message, /retryDelay/);
      }
      same(stage.sent, 4);
    },
  ),

  over(1, "the last attempt decides the error", async (stage) => {
    await stage.takenByOther();
    const retryDelay = (attempt: number) => {
      if (attempt === 2) stage.at(0).inject(connectionCut);
      return 1;
    };
    isA(await rejection(stage.mutex({ ...calm, tries: 3, retryDelay }).lock()), LockFailedError);
  }),
];

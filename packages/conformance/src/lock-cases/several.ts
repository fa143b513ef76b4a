import { LockFailedError, LockTakenError, type Reply } from "@redsync/core";
import { isA, matches, ok, rejection, same, until } from "../assert.ts";
import { connectionCut } from "../faults.ts";
import type { Case } from "../harness.ts";
import { naming } from "../matches.ts";
import { Recorder } from "../recorder.ts";
import { happily, happilyEach, OTHER, over, type Stage } from "../stage.ts";

/** Two names of the stage, or more. */
export function names(stage: Stage, count: number = 2): string[] {
  return Array.from({ length: count }, () => stage.another());
}

/** What sits under each name on every node. */
export const valuesOf = (stage: Stage, all: readonly string[]): Promise<Reply[][]> =>
  Promise.all(all.map((name) => stage.values(name)));

/** Several names that are one lock. */
export const several: readonly Case[] = [
  ...happilyEach(
    [1, 3],
    "one lock holds several names under one value, on every node, and unlocks them all",
    async (stage) => {
      const [a, b, c] = names(stage, 3) as [string, string, string];
      const mutex = stage.mutex({}, [c, a, b, a]);
      const lock = await mutex.lock();
      same(
        [mutex.names, lock.names],
        [
          [c, a, b],
          [c, a, b],
        ],
        "the names, each once",
      );
      for (const name of lock.names) same(await stage.values(name), stage.each(lock.value));
      same(stage.sent, 3 * stage.nodes.length, "commands");
      await lock.verify();
      for (const name of lock.names) same(await stage.rival({}, name).tryLock(), null);
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  happily(1, "a list of one name, or of one name twice, is that name", async (stage) => {
    for (const list of [[stage.name], [stage.name, stage.name]]) {
      const lock = await stage.mutex({}, list).lock();
      same([lock.name, lock.names], [stage.name, [stage.name]]);
      same(await stage.mutex().tryLock(), null);
      same(await lock.unlock(), "released");
    }
    same(await stage.mutex().using(({ names }) => names), [stage.name]);
  }),

  ...happilyEach(
    [1, 3],
    "all or nothing: where one name is taken the attempt leaves nothing on the others, before the next one",
    async (stage) => {
      const [a, b, c] = names(stage, 3) as [string, string, string];
      await stage.takenByOther(stage.all, b);
      const found: unknown[] = [];
      const generateValue = async () => {
        found.push(await valuesOf(stage, [a, c]));
        return crypto.randomUUID();
      };
      const mutex = stage.mutex({ tries: 3, retryDelay: 0, generateValue }, [a, b, c]);
      const error = await rejection(mutex.lock());
      isA(error, LockTakenError);
      const nothing = [stage.each(null), stage.each(null)];
      same(found, [nothing, nothing, nothing], "what each attempt found");
      await stage.settled();
      same(await valuesOf(stage, [a, c]), nothing);
      same(await stage.values(b), stage.each(OTHER));
      same(await mutex.tryLock(), null);
      await stage.forget(stage.all, b);
      same(await (await mutex.lock()).unlock(), "released");
    },
  ),

  happily(3, "names of which each is taken on a minority are all locked", async (stage) => {
    const [a, b] = names(stage) as [string, string];
    await stage.takenByOther([0], a);
    await stage.takenByOther([2], b);
    const lock = await stage.mutex({}, [a, b]).lock();
    await lock.extend();
    same(await lock.unlock(), "released");
    await stage.settled();
    same(await valuesOf(stage, [a, b]), [
      [OTHER, null, null],
      [null, null, OTHER],
    ]);
  }),

  over(
    3,
    "where one name has no quorum of nodes nothing is locked, and the error names name and node",
    async (stage) => {
      const [a, b] = names(stage) as [string, string];
      for (const node of [1, 2]) stage.at(node).inject(connectionCut, naming(b));
      const error = await rejection(stage.mutex({ tries: 1 }, [a, b]).lock());
      isA(error, LockFailedError);
      same(
        error.outcomes.map(({ name, node, status }) => `${name === a ? "a" : "b"} ${node} ${status}`),
        ["a 0 ok", "a 1 ok", "a 2 ok", "b 0 ok", "b 1 unknown", "b 2 unknown"],
      );
      ok(error.message.includes(`"${b}" node 1: no answer`), error.message);
      stage.mend();
      await stage.hasNoKeyLeft();
    },
  ),

  happily(3, "outcomes, events and messages say which name is taken, and where", async (stage) => {
    const [a, b] = names(stage) as [string, string];
    const told = new Recorder();
    await stage.takenByOther([1, 2], b);
    const error = await rejection(stage.mutex({ tries: 1, onEvent: told.onEvent }, [a, b]).lock());
    isA(error, LockTakenError);
    same(error.nodes, [1, 2]);
    same(
      error.outcomes.filter(({ status }) => status === "taken").map(({ name, node }) => `${name} ${node}`),
      [`${b} 1`, `${b} 2`],
    );
    ok(error.message.includes(`"${b}" node 1: taken`), error.message);
    same(
      told.of("contended").map(({ name, nodes }) => [name, nodes]),
      [[`${a}, ${b}`, [1, 2]]],
    );
    await stage.settled();
    same(await stage.values(a), stage.each(null));
  }),

  ...happilyEach(
    [1, 3],
    "[a, b] and [b, a], and whoever shares a name with them, take turns without a deadlock",
    async (stage) => {
      const [a, b, c] = names(stage, 3) as [string, string, string];
      const holders = new Map<string, number>();
      const options = { tries: Number.POSITIVE_INFINITY, retryDelay: () => 1 + Math.random() * 15 };
      let turns = 0;
      const task = async (list: readonly string[]) => {
        const lock = await stage.mutex(options, list).lock();
        for (const name of list) {
          const inside = (holders.get(name) ?? 0) + 1;
          holders.set(name, inside);
          same(inside, 1, `holders of ${name} at a time`);
        }
        await lock.verify();
        for (const name of list) holders.set(name, 0);
        turns++;
        same(await lock.unlock(), "released");
      };
      const lists = [[a, b], [b, a], [b, c], [c, a], [a], [c, b, a]];
      await Promise.all(lists.map(task));
      same(turns, lists.length);
      await stage.hasNoKeyLeft();
    },
  ),

  over(3, "waits for the last of its names", async (stage) => {
    const [a, b] = names(stage) as [string, string];
    const held = await stage.rival({}, b).lock();
    const told = new Recorder();
    const waiting = stage.mutex({ tries: Number.POSITIVE_INFINITY, onEvent: told.onEvent }, [a, b]).lock();
    await until("it was refused twice", () => told.of("contended").length > 1);
    matches(told.of("contended")[0]?.name ?? "", /, /);
    await held.unlock();
    same(await (await waiting).unlock(), "released");
  }),
];

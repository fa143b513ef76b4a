import { LockFailedError, LockTakenError, type Reply } from "@redsync/core";
import { isA, matches, ok, rejection, same, until } from "../assert.ts";
import { commandsFor, countOfCommands } from "../fixture/faulty-nodes.ts";
import type { Fixture } from "../fixture/fixture.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { OTHER } from "../fixture/tampering.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";

/** Two names that no other case has, or more. */
export function severalNames(fixture: Fixture, count: number = 2): string[] {
  return Array.from({ length: count }, () => fixture.another());
}

/** What sits under each name on every node. */
export const valuesOf = (fixture: Fixture, all: readonly string[]): Promise<Reply[][]> =>
  Promise.all(all.map((name) => fixture.keys.values(name)));

/** Several names that are one lock. */
export const several: readonly Case[] = [
  ...lockCase(
    "one lock holds several names under one value, on every node, and unlocks them all",
    { nodes: [1, 3] },
    async (fixture) => {
      const [a, b, c] = fixture.sharing(3) as [string, string, string];
      const mutex = fixture.mutex({}, [c, a, b, a]);
      const lock = await mutex.lock();
      same(
        [mutex.names, lock.names],
        [
          [c, a, b],
          [c, a, b],
        ],
        "the names, each once",
      );
      for (const name of lock.names) same(await fixture.keys.values(name), fixture.each(lock.value));
      same(countOfCommands(fixture.nodes), commandsFor(fixture, 3), "commands");
      await lock.verify();
      for (const name of lock.names) same(await fixture.rival({}, name).tryLock(), null);
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("a list of one name, or of one name twice, is that name", { nodes: 1 }, async (fixture) => {
    for (const list of [[fixture.name], [fixture.name, fixture.name]]) {
      const lock = await fixture.mutex({}, list).lock();
      same([lock.name, lock.names], [fixture.name, [fixture.name]]);
      same(await fixture.mutex().tryLock(), null);
      same(await lock.unlock(), "released");
    }
    same(await fixture.mutex().using(({ names }) => names), [fixture.name]);
  }),

  ...lockCase(
    "an attempt leaves nothing on the other names if one is taken, before the next attempt",
    { nodes: [1, 3] },
    async (fixture) => {
      const [a, b, c] = severalNames(fixture, 3) as [string, string, string];
      await fixture.tampering.takenByOther({ name: b });
      const found: unknown[] = [];
      const generateValue = async () => {
        found.push(await valuesOf(fixture, [a, c]));
        return crypto.randomUUID();
      };
      const mutex = fixture.mutex({ tries: 3, retryDelay: 0, failFast: false, generateValue }, [a, b, c]);
      const error = await rejection(mutex.lock());
      isA(error, LockTakenError);
      const nothing = [fixture.each(null), fixture.each(null)];
      same(found, [nothing, nothing, nothing], "what each attempt found");
      await fixture.settled();
      same(await valuesOf(fixture, [a, c]), nothing);
      same(await fixture.keys.values(b), fixture.each(OTHER));
      same(await mutex.tryLock(), null);
      await fixture.tampering.forget({ name: b });
      same(await (await mutex.lock()).unlock(), "released");
    },
  ),

  ...lockCase("names of which each is taken on a minority are all locked", { nodes: 3 }, async (fixture) => {
    const [a, b] = severalNames(fixture) as [string, string];
    await fixture.tampering.takenByOther({ nodes: [0], name: a });
    await fixture.tampering.takenByOther({ nodes: [2], name: b });
    const lock = await fixture.mutex({}, [a, b]).lock();
    await lock.extend();
    same(await lock.unlock(), "released");
    await fixture.settled();
    same(await valuesOf(fixture, [a, b]), [
      [OTHER, null, null],
      [null, null, OTHER],
    ]);
  }),

  ...lockCase(
    "nothing is locked if one name has no quorum of nodes, and the error says which name and node",
    { nodes: 3, faults: true },
    async (fixture) => {
      const [a, b] = severalNames(fixture) as [string, string];
      for (const node of [1, 2]) await fixture.tampering.about(b, node, "RPUSH", b, "item");
      const error = await rejection(fixture.mutex({ tries: 1 }, [a, b]).lock());
      isA(error, LockFailedError);
      same(
        error.outcomes.map(({ name, node, status }) => `${name === a ? "a" : "b"} ${node} ${status}`),
        ["a 0 ok", "a 1 ok", "a 2 ok", "b 0 ok", "b 1 failed", "b 2 failed"],
      );
      ok(error.message.includes(`"${b}" node 1: refused: WRONGTYPE`), error.message);
      await fixture.settled();
      await fixture.tampering.forget({ nodes: [1, 2], name: b });
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "outcomes, events and messages say which name is taken, and on which nodes",
    { nodes: 3 },
    async (fixture) => {
      const [a, b] = severalNames(fixture) as [string, string];
      const recorded = new Recorder();
      await fixture.tampering.takenByOther({ nodes: [1, 2], name: b });
      const error = await rejection(fixture.mutex({ tries: 1, onEvent: recorded.onEvent }, [a, b]).lock());
      isA(error, LockTakenError);
      same(error.nodes, [1, 2]);
      same(
        error.outcomes.filter(({ status }) => status === "taken").map(({ name, node }) => `${name} ${node}`),
        [`${b} 1`, `${b} 2`],
      );
      ok(error.message.includes(`"${b}" node 1: taken`), error.message);
      same(
        recorded.of("contended").map(({ name, nodes }) => [name, nodes]),
        [[`${a}, ${b}`, [1, 2]]],
      );
      await fixture.settled();
      same(await fixture.keys.values(a), fixture.each(null));
    },
  ),

  ...lockCase(
    "lists that share names, [a, b] and [b, a] among them, take turns without a deadlock",
    { nodes: [1, 3] },
    async (fixture) => {
      const [a, b, c] = severalNames(fixture, 3) as [string, string, string];
      const holders = new Map<string, number>();
      const options = { tries: Number.POSITIVE_INFINITY, retryDelay: () => 1 + Math.random() * 15 };
      let turns = 0;
      const task = async (list: readonly string[]) => {
        const lock = await fixture.mutex(options, list).lock();
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
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("waits for the last of its names", { nodes: 3, faults: true }, async (fixture) => {
    const [a, b] = severalNames(fixture) as [string, string];
    const held = await fixture.rival({}, b).lock();
    const recorded = new Recorder();
    const waiting = fixture
      .mutex({ tries: Number.POSITIVE_INFINITY, onEvent: recorded.onEvent }, [a, b])
      .lock();
    await until("it was refused twice", () => recorded.of("contended").length > 1);
    matches(recorded.of("contended")[0]?.name ?? "", /, /);
    await held.unlock();
    same(await (await waiting).unlock(), "released");
  }),
];

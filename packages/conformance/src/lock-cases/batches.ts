import type { Lock, Redsync } from "@redsync/core";
import { same } from "../assert.ts";
import { deliveredTwice, faulty } from "../fixture/faults.ts";
import { commandsFor, countOfCommands, countsOf } from "../fixture/faulty-nodes.ts";
import type { Fixture } from "../fixture/fixture.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first, naming } from "../fixture/matches.ts";
import { questionsOf } from "../fixture/questions.ts";
import { RENEWAL_6667MS } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

const lockAll = (redsync: Redsync, names: readonly string[]): Promise<Lock[]> =>
  Promise.all(names.map((name) => redsync.mutex(name).lock()));

const unlockAll = (locks: readonly Lock[]): Promise<unknown[]> =>
  Promise.all(locks.map((lock) => lock.unlock()));

/** Locks all of these in one turn, and unlocks them in another: that takes so many commands a node. */
async function costs(
  fixture: Fixture,
  names: readonly string[],
  toLock: number,
  toUnlock: number = toLock,
): Promise<void> {
  const before = countOfCommands(fixture.nodes);
  const locks = await lockAll(fixture.redsync(), names);
  same(new Set(locks.map(({ value }) => value)).size, names.length, "values");
  const between = countOfCommands(fixture.nodes);
  same(between - before, toLock, "commands to lock");
  await fixture.settled();
  same(new Set(await unlockAll(locks)).size, 1);
  same(countOfCommands(fixture.nodes) - between, toUnlock, "commands to unlock");
  await fixture.hasNoKeyLeft();
}

/** What is asked of a node in one turn of the event loop: how many commands it is, and what is in each. */
export const batches: readonly Case[] = [
  ...lockCase(
    "100 locks of one turn are one command for each node, and so are their unlocks",
    { nodes: [1, 3], needs: ["batches"] },
    async (fixture) => {
      await costs(fixture, fixture.sharing(100), commandsFor(fixture, 100));
    },
  ),

  ...lockCase(
    "101 locks of one turn are two commands, so that no command holds the server up",
    { nodes: 1, needs: ["batches"] },
    async (fixture) => {
      await costs(fixture, fixture.sharing(101), fixture.at(0).node.slots ? 101 : 2);
    },
  ),

  ...lockCase(
    "what is larger than 64 kB together is two commands, however few names it has",
    { nodes: 1, needs: ["batches"] },
    async (fixture) => {
      // A release has the key of the name's queue too.
      const [locking, unlocking] = fixture.at(0).node.slots ? [30, 30] : [2, 3];
      await costs(fixture, fixture.sharing(30, 1_000), locking, unlocking);
    },
  ),

  ...lockCase(
    "no command holds what two calls ask if they may be of two requests, as on Workers",
    { nodes: 1 },
    async (fixture) => {
      const { navigator } = globalThis as { navigator?: { userAgent?: string } };
      const isOnWorkers = navigator?.userAgent === "Cloudflare-Workers";
      const names = fixture.sharing(3);
      const locks = await lockAll(fixture.redsync(), names);
      same(countOfCommands(fixture.nodes), isOnWorkers ? 3 : commandsFor(fixture, 3), "commands");
      await unlockAll(locks);
    },
  ),

  ...lockCase(
    "several names of one lock are one command for each node, whatever is asked",
    { nodes: [1, 3] },
    async (fixture) => {
      const names = fixture.sharing(5);
      const each = commandsFor(fixture, names.length);
      const counted = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
        const before = countOfCommands(fixture.nodes);
        const result = await run();
        same(countOfCommands(fixture.nodes) - before, each, `commands of ${what}`);
        await fixture.settled();
        return result;
      };
      const mutex = fixture.mutex({}, names);
      const lock = await counted("lock()", () => mutex.lock());
      await counted("extend()", () => lock.extend());
      await counted("verify()", () => lock.verify());
      const heir = await counted("adopt()", () => mutex.adopt(lock.value));
      same(await counted("unlock()", () => heir.unlock()), "released");
    },
  ),

  ...lockCase(
    "a node whose keys must share a slot is asked about one name in a command",
    { nodes: [1, 3], dress: (node) => faulty({ ...node, slots: true }) },
    async (fixture) => {
      const names = fixture.sharing(4);
      const lock = await fixture.mutex({}, names).lock();
      same(countOfCommands(fixture.nodes), 4 * fixture.nodes.length, "commands to lock");
      for (const { sent } of fixture.nodes)
        same(
          sent.map((command) => questionsOf(command).map(({ name }) => name)),
          names.map((name) => [name]),
          "the names of each command",
        );
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "renewals that fall due together are one command for each node",
    { nodes: [1, 3], needs: ["batches"] },
    async (fixture) => {
      const names = fixture.sharing(20);
      const redsync = fixture.redsync(
        { expiry: 20_000, timeoutFactor: 0.5, autoExtend: true },
        fixture.clock,
      );
      const locks = await lockAll(redsync, names);
      for (const turn of [1, 2]) {
        await fixture.clock.advance(RENEWAL_6667MS);
        const each = fixture.nodes.map(({ node }) => turn * (node.slots ? names.length : 1));
        same(countsOf(fixture.nodes, calling("extend")), each, `renewals after ${turn} periods`);
      }
      await unlockAll(locks);
    },
  ),

  ...lockCase(
    "an unlock and the next lock of a name in one turn are one command, in that order",
    { nodes: [1, 3], needs: ["batches"] },
    async (fixture) => {
      const redsync = fixture.redsync();
      const mutex = redsync.mutex(fixture.name, { tries: 1 });
      const lock = await mutex.lock();
      await redsync.settled();
      const [result, next] = await Promise.all([lock.unlock(), mutex.lock()]);
      same(result, "released");
      for (const { sent } of fixture.nodes)
        same(
          sent.slice(1).map((command) => questionsOf(command).map(({ operation }) => operation)),
          [["release", "acquire"]],
          "what was asked",
        );
      same(await fixture.keys.values(), fixture.each(next.value));
      await redsync.settled();
      const [refused, last] = await Promise.all([mutex.tryLock(), next.unlock()]);
      same([refused, last], [null, "released"], "a lock that came before the unlock");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an unlock that a client sends twice with the next lock of its name is released, and the lock held",
    { nodes: [1, 3], faults: true, needs: ["batches"] },
    async (fixture) => {
      const redsync = fixture.redsync();
      const mutex = redsync.mutex(fixture.name, { tries: 1 });
      const lock = await mutex.lock();
      await redsync.settled();
      for (const { inject } of fixture.nodes) inject(deliveredTwice, first(naming(fixture.name)));
      const [result, next] = await Promise.all([lock.unlock(), mutex.lock()]);
      same(result, "released");
      await redsync.settled();
      same(await fixture.keys.values(), fixture.each(next.value));
      await next.verify();
      same(await next.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an unlock whose name somebody else took is not released by a lock beside it",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const redsync = fixture.redsync();
      const mutex = redsync.mutex(fixture.name, { tries: 1 });
      const lock = await mutex.lock();
      await redsync.settled();
      await fixture.tampering.takenByOther();
      const [result, next] = await Promise.all([lock.unlock(), mutex.tryLock()]);
      same([result, next], ["taken", null]);
    },
  ),
];

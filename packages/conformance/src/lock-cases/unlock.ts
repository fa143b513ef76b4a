import { LockLostError, type RedsyncEvent } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Giving back. */
export const unlock: readonly Case[] = [
  ...lockCase(
    "every unlock() returns the first one's promise, and the nodes are asked once",
    { nodes: [1, 3] },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await fixture.settled();
      const before = countOfCommands(fixture.nodes);
      const unlocking = lock.unlock();
      ok(lock.unlock() === unlocking, "the second call returns the first one's promise");
      same(await unlocking, "released");
      ok(lock.unlock() === unlocking, "and so does a later one");
      same(countOfCommands(fixture.nodes) - before, fixture.nodes.length);
    },
  ),

  ...lockCase(
    "a pair of lock() and unlock() sends two commands to every node",
    { nodes: [1, 3, 5], faults: true },
    async (fixture) => {
      const mutex = fixture.mutex();
      for (let pair = 1; pair <= 20; pair++) {
        same(await (await mutex.lock()).unlock(), "released");
        // The minority's answers may still be on their way, and with them what they are waited for with.
        await fixture.settled();
        same(
          countOfCommands(fixture.nodes),
          2 * pair * fixture.nodes.length,
          `the commands of ${pair} pairs`,
        );
      }
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() of a lock that has run out says expired",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await fixture.timed().lock();
      await fixture.tampering.forget();
      await fixture.clock.advance(EXPIRY_20S);
      same(await lock.unlock(), "expired");
    },
  ),

  ...lockCase(
    "unlock() says taken if another holder came after its end, and leaves the other's key",
    { nodes: [1, 2, 3], faults: true },
    async (fixture) => {
      const lock = await fixture.timed().lock();
      await fixture.clock.advance(EXPIRY_20S);
      // The servers let it go by themselves, each in its own time.
      await fixture.tampering.expireIn(50);
      const next = await fixture.rival({ tries: Number.POSITIVE_INFINITY }).lock();
      same(await lock.unlock(), "taken");
      await fixture.settled();
      // The last node may have let the old key go only when the next holder had its quorum, and keep the name for its wait.
      const values = await fixture.keys.values();
      ok(
        values.every((value) => value === next.value || value === null || `${value}`.startsWith("~")),
        "the old key is gone",
      );
      ok(
        values.filter((value) => value === next.value).length * 2 > values.length,
        "a quorum has the new one",
      );
      same(await next.unlock(), "released");
    },
  ),

  ...lockCase(
    "unlock() deletes what is ours if others have taken some nodes",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await fixture.tampering.takenByOther({ nodes: [1] });
      same(await lock.unlock(), "released");
      await fixture.settled();
      same(await fixture.keys.values(), [null, OTHER, null]);
    },
  ),

  ...lockCase(
    "the end of a scope unlocks, and never rejects",
    { nodes: 1, faults: true },
    async (fixture) => {
      await (await fixture.mutex().lock())[Symbol.asyncDispose]();
      await fixture.hasNoKeyLeft();

      const events: RedsyncEvent[] = [];
      const lock = await fixture.mutex({ onEvent: (event) => events.push(event) }).lock();
      fixture.at(0).inject(connectionCut, calling("release"));
      await lock[Symbol.asyncDispose]();
      same(
        events.map(({ type }) => type),
        ["acquired", "nodeFailed", "failed"],
      );
    },
  ),

  ...lockCase(
    "extend() and verify() after unlock() are LockLostError, and send nothing",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await lock.unlock();
      const before = countOfCommands(fixture.nodes);
      isA(await rejection(lock.extend()), LockLostError);
      isA(await rejection(lock.verify()), LockLostError);
      same(countOfCommands(fixture.nodes), before);
    },
  ),

  ...lockCase(
    "scripts that the servers forgot in between are sent again",
    { nodes: [1, 3], needs: ["flush"] },
    async (fixture) => {
      const flush = () =>
        Promise.all(fixture.nodes.map((_, node) => fixture.tampering.send(node, "SCRIPT", "FLUSH")));
      await flush();
      const lock = await fixture.mutex().lock();
      await flush();
      await lock.verify();
      await flush();
      await lock.extend();
      await flush();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),
];

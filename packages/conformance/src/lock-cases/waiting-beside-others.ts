import type { Lock } from "@redsync/core";
import { ok, same } from "../assert.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { settlement } from "../settlement.ts";
import { inTurn, numbers } from "./waiting.ts";

/** A line beside holders that are not of its process, or that stand in none. */
export const waitingBesideOthers: readonly Case[] = [
  ...lockCase(
    "the first in line asks by its pauses too, so that it outlives a holder that never unlocks",
    { nodes: [1, 3], faults: true, needs: ["lines"] },
    async (fixture) => {
      const mutex = fixture.timed({ retryDelay: 1_000, tries: Number.POSITIVE_INFINITY });
      await fixture.tampering.takenByOther();
      const served: number[] = [];
      const calls = inTurn(mutex, 3, served);
      await fixture.clock.advance(3_500);
      same(served, []);
      await fixture.tampering.forget();
      await fixture.clock.pass(Promise.all(calls));
      same(served, [0, 1, 2]);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "the first in line pauses no longer than the shortest pause of those behind it",
    { nodes: 1, faults: true, needs: ["lines"] },
    async (fixture) => {
      const redsync = fixture.redsync({ expiry: EXPIRY_20S, tries: Number.POSITIVE_INFINITY }, fixture.clock);
      await fixture.tampering.takenByOther();
      const served: number[] = [];
      const [slow] = inTurn(redsync.mutex(fixture.name, { retryDelay: 10_000 }), 1, served);
      await fixture.clock.advance(0);
      const [quick] = inTurn(redsync.mutex(fixture.name, { retryDelay: 100 }), 1, served);
      await fixture.tampering.forget();
      await fixture.clock.advance(10_100);
      await Promise.all([slow, quick]);
      const lock = await fixture.mutex().tryLock();
      ok(lock !== null, "both are done");
      await lock.unlock();
    },
  ),

  ...lockCase(
    "another process gets its turn beside a line that never ends",
    { nodes: [1, 3], needs: ["lines"] },
    async (fixture) => {
      const mutex = fixture.mutex({ tries: Number.POSITIVE_INFINITY, retryDelay: 50 });
      let isOver = false;
      const busy = numbers(4).map(async () => {
        while (!isOver) await (await mutex.lock()).unlock();
      });
      const rival = fixture.rival({ tries: Number.POSITIVE_INFINITY, retryDelay: 1 });
      for (let turn = 0; turn < 3; turn++) same(await (await rival.lock()).unlock(), "released");
      isOver = true;
      await Promise.all(busy);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("with fair false each call polls by itself", { nodes: 1, faults: true }, async (fixture) => {
    const mutex = fixture.timed({ fair: false, retryDelay: 1_000, tries: Number.POSITIVE_INFINITY });
    const held = await mutex.lock();
    const locking: Promise<Lock>[] = [mutex.lock(), mutex.lock()];
    const waits = locking.map(settlement);
    await fixture.clock.advance(0);
    const before = countOfCommands(fixture.nodes);
    await held.unlock();
    await fixture.clock.advance(500);
    same(
      waits.map(({ isDone }) => isDone),
      [false, false],
    );
    same(countOfCommands(fixture.nodes) - before, 1, "commands");
    await fixture.clock.advance(500);
    const first = await Promise.race(locking);
    await first.unlock();
    await fixture.clock.advance(1_000);
    await Promise.all(locking.map(async (lock) => (await lock).unlock()));
    await fixture.hasNoKeyLeft();
  }),
];

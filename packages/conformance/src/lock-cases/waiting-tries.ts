import { LockTakenError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S, endless } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { settlement } from "../settlement.ts";

/** What calls in a line cost each other. */
export const waitingTries: readonly Case[] = [
  ...lockCase(
    "a retryDelay that grows is asked for no more tries than there are, also in line",
    { nodes: 1, faults: true, needs: ["lines"] },
    async (fixture) => {
      const asked: number[] = [];
      const retryDelay = (attempt: number) => {
        asked.push(attempt);
        return 100 * 2 ** attempt;
      };
      const mutex = fixture.timed({ retryDelay });
      const held = await mutex.lock();
      const failing = [1, 2, 3].map(() => rejection(mutex.lock({ timeout: 1_000 })));
      await fixture.clock.pass(Promise.all(failing));
      for (const error of await Promise.all(failing)) isA(error, LockTakenError);
      ok(Math.max(...asked) <= 4, `pauses asked for: ${asked}`);
      same(await held.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "what the first in line asks for those behind it costs it none of its tries",
    { nodes: 1, faults: true, needs: ["lines"] },
    async (fixture) => {
      const redsync = fixture.redsync({ expiry: EXPIRY_20S }, fixture.clock);
      await fixture.tampering.takenByOther();
      const patient = redsync.mutex(fixture.name, { retryDelay: 1_000, tries: 5 }).lock();
      const wait = settlement(patient);
      await fixture.clock.advance(0);
      const hasty = redsync.mutex(fixture.name, { retryDelay: 100, ...endless }).lock();
      await fixture.clock.advance(3_500);
      same(wait.isDone, false, "it has given up");
      await fixture.tampering.forget();
      const lock = await fixture.clock.pass(patient);
      await lock.unlock();
      await (await fixture.clock.pass(hasty)).unlock();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "calls whose timeouts end together do not ask one after another",
    { nodes: 1, faults: true, needs: ["lines"] },
    async (fixture) => {
      const mutex = fixture.timed({ retryDelay: 2_000 });
      const held = await mutex.lock();
      const failing = Array.from({ length: 20 }, () => rejection(mutex.lock({ timeout: 1_000 })));
      await fixture.clock.advance(0);
      const asked = () => countOfCommands(fixture.nodes, calling("acquire"));
      const before = asked();
      await fixture.clock.advance(1_000);
      for (const error of await Promise.all(failing)) isA(error, LockTakenError);
      same(asked(), before, "commands");
      same(await held.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "the next in line has the name at once if the first is aborted when it is called",
    { nodes: [1, 3], faults: true, needs: ["lines"] },
    async (fixture) => {
      // By a clock that stands: no pause passes.
      const mutex = fixture.timed({ retryDelay: 1_000, ...endless });
      const held = await mutex.lock();
      const controller = new AbortController();
      const first = mutex.lock({ signal: controller.signal }).catch((reason: unknown) => reason);
      const second = mutex.lock();
      await fixture.clock.advance(0);
      const unlocking = held.unlock();
      controller.abort("enough");
      same(await first, "enough");
      same(await unlocking, "released");
      same(await (await second).unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),
];

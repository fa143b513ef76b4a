import { LockFailedError, LockTakenError, type Mutex } from "@redsync/core";
import { isA, matches, rejection, same } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import { countOfCommands, injectAll, mendAll } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { questionsOf } from "../fixture/questions.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { settlement } from "../settlement.ts";

/** So many calls that wait, in this order; each writes down that it has the name, and unlocks it. */
export function inTurn(mutex: Mutex, calls: number, served: number[]): Promise<void>[] {
  return Array.from({ length: calls }, async (_, call) => {
    const lock = await mutex.lock();
    served.push(call);
    await lock.unlock();
  });
}

export const numbers = (count: number): number[] => [...Array(count).keys()];

/** Waiting for a name that somebody of the same process has. */
export const waiting: readonly Case[] = [
  ...lockCase(
    "calls that wait in one process are served in the order in which they came",
    { nodes: [1, 3], needs: ["lines"] },
    async (fixture) => {
      const mutex = fixture.mutex({ tries: Number.POSITIVE_INFINITY });
      const held = await mutex.lock();
      const served: number[] = [];
      // Without a line, calls of one turn ask together, and stand in it in the order in which they are refused.
      const line = settlement(mutex.lock().then((lock) => lock.unlock()));
      await fixture.settled();
      const calls = inTurn(mutex, 20, served);
      await held.unlock();
      await Promise.all(calls);
      same([line.isDone, served], [true, numbers(20)]);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "only the first in line asks: an unlock and the next acquire are one command",
    { nodes: 1, faults: true, needs: ["lines"] },
    async (fixture) => {
      // By a clock that stands: no pause passes.
      const mutex = fixture.timed({ retryDelay: 1_000, tries: Number.POSITIVE_INFINITY });
      const held = await mutex.lock();
      const served: number[] = [];
      // All of them ask once, in one command, because nobody is in line yet.
      const calls = inTurn(mutex, 10, served);
      await fixture.clock.advance(0);
      const before = countOfCommands(fixture.nodes);
      await held.unlock();
      await Promise.all(calls);
      same(served, numbers(10));
      same(countOfCommands(fixture.nodes) - before, 11, "commands");
      const last = fixture.at(0).sent.at(-2) ?? ["none"];
      same(
        questionsOf(last).map(({ operation }) => operation),
        ["release", "acquire"],
      );
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "whoever comes while others wait stands behind them, and asks nobody",
    { nodes: 1, faults: true, needs: ["lines"] },
    async (fixture) => {
      const mutex = fixture.timed({ retryDelay: 1_000, tries: Number.POSITIVE_INFINITY });
      const held = await mutex.lock();
      const served: number[] = [];
      const calls = inTurn(mutex, 1, served);
      await fixture.clock.advance(0);
      const before = countOfCommands(fixture.nodes);
      const late = mutex.lock().then(async (lock) => {
        served.push(1);
        await lock.unlock();
      });
      await fixture.clock.advance(999);
      same(countOfCommands(fixture.nodes), before, "commands");
      await held.unlock();
      await Promise.all([...calls, late]);
      same(served, [0, 1]);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a call that is aborted in line rejects at once, and costs the others nothing",
    { nodes: [1, 3], faults: true, needs: ["lines"] },
    async (fixture) => {
      const mutex = fixture.timed({ retryDelay: 1_000, tries: Number.POSITIVE_INFINITY });
      const held = await mutex.lock();
      const controllers = numbers(4).map(() => new AbortController());
      const served: number[] = [];
      const calls = controllers.map(async ({ signal }, call) => {
        const lock = await mutex.lock({ signal });
        served.push(call);
        await lock.unlock();
      });
      const [first, , third] = calls as [Promise<void>, Promise<void>, Promise<void>, Promise<void>];
      await fixture.clock.advance(0);
      controllers[2]?.abort("third");
      same(await third.catch((reason: unknown) => reason), "third");
      controllers[0]?.abort("first");
      same(await first.catch((reason: unknown) => reason), "first");
      await held.unlock();
      await Promise.all([calls[1], calls[3]]);
      same(served, [1, 3]);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a call that waits in line spends its tries, and says how many were before it",
    { nodes: 1, faults: true, needs: ["lines"] },
    async (fixture) => {
      const redsync = fixture.redsync({ expiry: EXPIRY_20S, retryDelay: 1_000 }, fixture.clock);
      const held = await redsync.mutex(fixture.name).lock();
      const patient = redsync.mutex(fixture.name, { tries: Number.POSITIVE_INFINITY });
      const served: number[] = [];
      const calls = inTurn(patient, 2, served);
      await fixture.clock.advance(0);
      const failing = rejection(redsync.mutex(fixture.name, { tries: 3 }).lock());
      const end = settlement(failing);
      await fixture.clock.advance(1_900);
      same(end.isDone, false, "it has given up before its tries were spent");
      await fixture.clock.advance(200);
      const error = await failing;
      isA(error, LockTakenError);
      same([error.attempts, error.timedOut, error.before], [3, false, 2]);
      matches(error.message, /3 attempts, ended by its tries.*, and 2 wait before it in this process/);
      await held.unlock();
      await Promise.all(calls);
      same(served, [0, 1]);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "nodes that are down are not somebody's lock to those that wait in line",
    { nodes: 3, faults: true, needs: ["lines"] },
    async (fixture) => {
      const mutex = fixture.timed({ retryDelay: 100, tries: 5 });
      injectAll(fixture.nodes, connectionCut, calling("acquire"));
      const failing = numbers(5).map(() => rejection(mutex.lock()));
      await fixture.clock.pass(Promise.all(failing));
      for (const error of await Promise.all(failing)) {
        isA(error, LockFailedError);
        same(error.attempts, 5);
      }
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),
];

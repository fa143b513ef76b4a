import { ok, same, until } from "../assert.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { areInLine, forCalls, inLine, lockEverywhere, patient, processes } from "../fixture/waiters.ts";
import type { Case } from "../harness.ts";
import { settlement } from "../settlement.ts";

/** Waiting for a name that another process has: in a queue on the nodes, which call the next one. */
export const queue: readonly Case[] = [
  ...lockCase(
    "queue: processes are served in the order in which they came, and only because they are called",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const waits = await inLine(fixture, processes(fixture, 3));
      const served: number[] = [];
      const all = waits.map(async ({ locking }, index) => {
        const lock = await locking;
        served.push(index);
        same(await lock.unlock(), "released");
      });
      same(await held.unlock(), "released");
      await Promise.all(all);
      same(served, [0, 1, 2]);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: what the holder's own process wants next comes behind those that came before it",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const [own, other] = processes(fixture, 2) as [
        ReturnType<typeof fixture.timed>,
        ReturnType<typeof fixture.timed>,
      ];
      const held = await lockEverywhere(fixture, own);
      const [first] = await inLine(fixture, [other]);
      const [second] = await inLine(fixture, [own], [], 1);
      const behind = settlement(second?.locking as Promise<unknown>);
      same(await held.unlock(), "released");
      const lock = await first?.locking;
      same(behind.isDone, false, "the holder's process went before its turn");
      same(await lock?.unlock(), "released");
      same(await (await second?.locking)?.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: 10 that wait in 3 processes each get the lock once, one at a time",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const mutexes = Array.from({ length: 3 }, () => fixture.mutex(patient));
      const held = await lockEverywhere(fixture);
      let inside = 0;
      const served: number[] = [];
      const all = Array.from({ length: 10 }, async (_, index) => {
        const lock = await (mutexes[index % 3] as (typeof mutexes)[0]).lock();
        same(++inside, 1, "holders at a time");
        served.push(index);
        await lock.verify();
        inside--;
        same(await lock.unlock(), "released");
      });
      await areInLine(fixture, 3);
      same(await held.unlock(), "released");
      await Promise.all(all);
      same(
        served.sort((a, b) => a - b),
        [...Array(10).keys()],
      );
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: a token is larger than that of everybody who was served before",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const options = { fencing: true } as const;
      const held = await lockEverywhere(fixture, fixture.rival(options));
      const waits = await inLine(fixture, processes(fixture, 3, options));
      const tokens = [held.token ?? 0];
      const all = waits.map(async ({ locking }) => {
        const lock = await locking;
        tokens.push(lock.token ?? 0);
        await lock.unlock();
      });
      await held.unlock();
      await Promise.all(all);
      ok(
        tokens.every((token, index) => token > (tokens[index - 1] ?? 0)),
        `tokens grow: ${tokens}`,
      );
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: whoever wants several names gets them when the last one is released",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const names = fixture.sharing(3);
      const [free = "", taken = ""] = names;
      const held = await lockEverywhere(fixture, fixture.rival({}, taken), taken);
      const locking = fixture.timed(patient, names).lock();
      const wait = settlement(locking);
      const isEntered = async () => (await fixture.keys.waiters(taken)).every(({ length }) => length === 1);
      await until("it waits for the name that is taken", isEntered);
      await fixture.clock.advance(0);
      // Beside one that waits, a name that is free stays so.
      const other = await fixture.rival({}, free).tryLock();
      same(await other?.unlock(), "released");
      same(await held.unlock(), "released");
      // It gathers calls for some ms, and asks by itself in 5 s at the soonest.
      for (let ms = 0; !wait.isDone && ms < 4_000; ms++) {
        await fixture.clock.advance(1);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      same(wait.isDone, true, "it was called");
      same(await (await locking).unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: fair false leaves it out, and nodes are not listened to",
    { nodes: [1, 3], faults: true, needs: ["subscribe"] },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const locking = fixture.timed({ ...patient, fair: false }).lock();
      const wait = settlement(locking);
      await fixture.clock.advance(59_000);
      same(await fixture.keys.waiters(), fixture.each([]));
      await held.unlock();
      await fixture.clock.advance(900);
      same(wait.isDone, false, "it was called");
      same(await (await fixture.clock.pass(locking)).unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: nodes that cannot call have those in it that wait for a second, who ask for their turn",
    { nodes: [1, 3], polls: true, needs: ["lines"] },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const locking = fixture.timed({ ...patient, retryDelay: 300 }).lock();
      await fixture.clock.advance(900);
      same(await fixture.keys.waiters(), fixture.each([]));
      await fixture.clock.advance(600);
      await areInLine(fixture, 1);
      await held.unlock();
      same(await fixture.rival().tryLock(), null);
      same(await (await fixture.clock.pass(locking)).unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),
];

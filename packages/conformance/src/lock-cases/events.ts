import { ExtendFailedError, LockFailedError, LockTakenError, type RedsyncEvent } from "@redsync/core";
import { isA, rejection, same, whereIn } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import type { Fixture } from "../fixture/fixture.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import type { Case } from "../harness.ts";
import { Recorder, summary } from "../recorder.ts";

async function play(fixture: Fixture, onEvent: (event: RedsyncEvent) => void): Promise<void> {
  const lock = await fixture.mutex({ onEvent }).lock();
  await lock.extend();
  same(await fixture.mutex({ onEvent }).tryLock(), null);
  const mend = fixture.at(0).inject(connectionCut, calling("extend"));
  await rejection(lock.extend());
  mend();
  same(await lock.unlock(), "released");
  await fixture.hasNoKeyLeft();
}

/** What `onEvent` gets. */
export const events: readonly Case[] = [
  ...lockCase(
    "onEvent gets each acquired, contended, extended, failed and released, with its numbers",
    { nodes: 1, faults: true },
    async (fixture) => {
      const { name } = fixture;
      const { events, onEvent } = new Recorder();
      await play(fixture, onEvent);
      same(events.map(summary), [
        { type: "acquired", name, attempt: 1, ms: "ms", remaining: "ms", granted: 1 },
        { type: "extended", name, ms: "ms", remaining: "ms", granted: 1 },
        { type: "contended", name, attempt: 1, ms: "ms", nodes: [0] },
        { type: "nodeFailed", name, operation: "extend", node: 0, ms: "ms", failures: 1, error: "NodeError" },
        { type: "failed", name, code: "REDSYNC_EXTEND_FAILED", ms: "ms", error: "ExtendFailedError" },
        { type: "released", name, result: "released", ms: "ms", held: "ms" },
      ]);
    },
  ),

  ...lockCase(
    "a lock() that fails is one event, whatever it tried, and null is none",
    { nodes: 1, faults: true },
    async (fixture) => {
      const { name } = fixture;
      const recorded = new Recorder();
      const { onEvent } = recorded;
      await fixture.tampering.takenByOther();
      isA(await rejection(fixture.mutex({ tries: 3, onEvent }).lock()), LockTakenError);
      isA(await rejection(fixture.mutex({ tries: 3, onEvent }).using(() => {})), LockTakenError);
      same(await fixture.mutex({ onEvent }).tryLock(), null);
      const controller = new AbortController();
      const aborted = rejection(fixture.mutex({ retryDelay: 60_000, onEvent }).lock(controller));
      controller.abort();
      await aborted;
      fixture.at(0).inject(connectionCut);
      const mutex = fixture.mutex({ tries: 3, onEvent });
      isA(await rejection(mutex.lock()), LockFailedError);
      isA(await rejection(mutex.tryLock()), LockFailedError);
      isA(await rejection(mutex.adopt("value")), ExtendFailedError);
      const failed = (code: string, error: string) => ({ type: "failed", name, code, ms: "ms", error });
      same(recorded.of("failed").map(summary), [
        failed("REDSYNC_LOCK_TAKEN", "LockTakenError"),
        failed("REDSYNC_LOCK_TAKEN", "LockTakenError"),
        failed("REDSYNC_LOCK_FAILED", "LockFailedError"),
        failed("REDSYNC_LOCK_FAILED", "LockFailedError"),
        failed("REDSYNC_EXTEND_FAILED", "ExtendFailedError"),
      ]);
    },
  ),

  ...lockCase(
    "a listener that throws, or rejects, breaks nothing",
    { nodes: 1, faults: true },
    async (fixture) => {
      await play(fixture, () => {
        throw new Error("the listener's own trouble");
      });
      const rejects = async () => {
        throw new Error("the listener's own trouble");
      };
      await play(fixture, rejects as unknown as () => void);
    },
  ),

  ...lockCase("no event carries the value of a lock", { nodes: 1 }, async (fixture) => {
    const { events, onEvent } = new Recorder();
    const values: string[] = [];
    const generateValue = () => {
      values.push(crypto.randomUUID());
      return values.at(-1) as string;
    };
    const lock = await fixture.mutex({ onEvent, generateValue }).lock();
    same(await fixture.mutex({ onEvent, generateValue }).tryLock(), null);
    await lock.extend();
    await fixture.tampering.forget();
    await rejection(lock.extend());
    await lock.unlock();
    for (const value of values) same(whereIn(events, value), undefined, "where the value is found");
  }),
];

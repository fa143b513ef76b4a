import { LockLostError } from "@redsync/core";
import { isA, rejection, same, until } from "../assert.ts";
import { type Fault, gate } from "../fixture/faults.ts";
import { countsOf } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import { expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";

/** Repairs that land late, or that a late answer leads to. */
export const lateRepairs: readonly Case[] = [
  ...lockCase(
    "a repair that lands after unlock() is undone, and not reported",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      for (const way of ["delivery", "reply"] as const) {
        const lock = await fixture.timed({ ...expiry20sRound1s, onEvent: recorded.onEvent }).lock();
        await fixture.tampering.forget({ nodes: [1] });
        const late = gate();
        const mend = fixture.at(1).inject(late[way], calling("repair"));
        await lock.extend();
        await late.reached;
        const unlocking = lock.unlock();
        await fixture.clock.advance(ROUND_1S);
        same(await unlocking, "released");
        await late.release();
        await fixture.hasNoKeyLeft();
        mend();
      }
      same(recorded.of("repaired"), [], "repairs reported");
    },
  ),

  ...lockCase(
    "a repair that lands after the loss is undone, and not reported",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      const lock = await fixture.timed({ onEvent: recorded.onEvent }).lock();
      await fixture.tampering.forget({ nodes: [1] });
      const late = gate();
      fixture.at(1).inject(late.delivery, calling("repair"));
      await lock.extend();
      await late.reached;
      await fixture.tampering.takenByOther({ nodes: [0, 2] });
      isA(await rejection(lock.verify()), LockLostError);
      await late.release();
      await fixture.settled();
      same(await fixture.keys.values(), [OTHER, null, OTHER]);
      same(recorded.of("repaired"), [], "repairs reported");
    },
  ),

  ...lockCase(
    "a repair that lands once the clock has run out is undone, and not reported",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      const lock = await fixture.timed({ onEvent: recorded.onEvent }).lock();
      await fixture.tampering.forget({ nodes: [1] });
      const late = gate();
      fixture.at(1).inject(late.reply, calling("repair"));
      await lock.extend();
      await late.reached;
      fixture.clock.ahead += 60_000;
      await late.release();
      await fixture.settled();
      same((await fixture.keys.values())[1], null, "what is left on the node that was repaired");
      same(recorded.of("repaired"), [], "repairs reported");
    },
  ),

  ...lockCase(
    "a node is repaired that says only after the verdict that it lost the key",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      const lock = await fixture.mutex({ onEvent: recorded.onEvent }).lock();
      await fixture.settled();
      await fixture.tampering.forget({ nodes: [1] });
      const late = gate();
      const mend = fixture.at(1).inject(late.reply, calling("extend"));
      await lock.extend();
      same(countsOf(fixture.nodes, calling("repair")), [0, 0, 0]);
      await late.release();
      await until("the node was repaired", () => recorded.of("repaired").length > 0);
      same(await fixture.keys.values(), fixture.each(lock.value));
      mend();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("a node is repaired that answers together with the others", { nodes: 3 }, async (fixture) => {
    const recorded = new Recorder();
    const lock = await fixture.mutex({ onEvent: recorded.onEvent }).lock();
    await fixture.settled();
    await fixture.tampering.forget({ nodes: [2] });
    await lock.extend();
    await until("the node was repaired", () => recorded.of("repaired").length > 0);
    same(await fixture.keys.values(), fixture.each(lock.value));
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "a node that says several times that it lost the key is repaired once",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      const lock = await fixture.mutex({ onEvent: recorded.onEvent }).lock();
      await fixture.settled();
      await fixture.tampering.forget({ nodes: [1] });
      const late = gate();
      let answered = 0;
      const counted: Fault = (deliver) => late.reply(() => deliver().finally(() => answered++));
      const mend = fixture.at(1).inject(counted, calling("extend"));
      for (let times = 0; times < 3; times++) await lock.extend();
      await until("the server has answered all of them", () => answered === 3);
      await late.release();
      await until("the node was repaired", () => recorded.of("repaired").length > 0);
      await fixture.settled();
      same([countsOf(fixture.nodes, calling("repair")), recorded.of("repaired").length], [[0, 1, 0], 1]);
      mend();
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "nothing is repaired if the node says after unlock() that it lost the key",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await fixture.settled();
      await fixture.tampering.forget({ nodes: [1] });
      const late = gate();
      fixture.at(1).inject(late.reply, calling("extend"));
      await lock.extend();
      same(await lock.unlock(), "released");
      await late.release();
      await fixture.hasNoKeyLeft();
      same(countsOf(fixture.nodes, calling("repair")), [0, 0, 0]);
    },
  ),
];

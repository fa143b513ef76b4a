import { ExtendFailedError, LockLostError } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { connectionCut, gate } from "../fixture/faults.ts";
import { countsOf } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import { EXPIRY_20S, expiry20sRound1s, RENEWAL_6667MS, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { Recorder, summary } from "../recorder.ts";

/** Nodes that forget a lock while it is held. */
export const repair: readonly Case[] = [
  ...lockCase(
    "a node that lost the key is given it again once extend() has a quorum, and the event says which",
    { nodes: 3 },
    async (fixture) => {
      const recorded = new Recorder();
      const lock = await fixture.mutex({ expiry: EXPIRY_20S, onEvent: recorded.onEvent }).lock();
      await fixture.tampering.forget({ nodes: [1] });
      const started = performance.now();
      await lock.extend();
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value));
      await fixture.keys.haveTtl(EXPIRY_20S, started);
      same(recorded.of("repaired").map(summary), [
        { type: "repaired", name: fixture.name, node: 1, ms: "ms" },
      ]);
      same(
        recorded.of("extended").map(({ granted }) => granted),
        [2],
        "nodes that extended it",
      );
      same(countsOf(fixture.nodes, calling("repair")), [0, 1, 0]);
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("two of five nodes that lost the key are given it again", { nodes: 5 }, async (fixture) => {
    const recorded = new Recorder();
    const lock = await fixture.mutex({ onEvent: recorded.onEvent }).lock();
    await fixture.tampering.forget({ nodes: [0, 4] });
    await lock.extend();
    await fixture.settled();
    same(await fixture.keys.values(), fixture.each(lock.value));
    same(
      recorded
        .of("repaired")
        .map(({ node }) => node)
        .sort(),
      [0, 4],
    );
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase("a lock that renews itself repairs by itself", { nodes: 3 }, async (fixture) => {
    const recorded = new Recorder();
    const lock = await fixture.timed({ autoExtend: true, onEvent: recorded.onEvent }).lock();
    await fixture.tampering.forget({ nodes: [2] });
    await fixture.clock.advance(RENEWAL_6667MS);
    same(recorded.of("repaired")[0]?.node, 2);
    same(await fixture.keys.values(), fixture.each(lock.value));
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "an heir repairs with the extension by which it adopts the lock",
    { nodes: 3 },
    async (fixture) => {
      const recorded = new Recorder();
      const given = await fixture.mutex().lock();
      given.handOver();
      await fixture.tampering.forget({ nodes: [1] });
      const lock = await fixture.mutex({ onEvent: recorded.onEvent }).adopt(given.value);
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(
        recorded.of("repaired").map(({ node }) => node),
        [1],
      );
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a repaired node counts again: the lock outlives that another one forgets it",
    { nodes: 3 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      for (const node of [0, 1, 2]) {
        await fixture.tampering.forget({ nodes: [node] });
        await lock.extend();
        await fixture.settled();
      }
      await fixture.tampering.forget({ nodes: [1] });
      await lock.verify();
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "nothing is repaired if too many nodes lost the key: the lock is lost",
    { nodes: 3 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      await fixture.tampering.forget({ nodes: [0, 1] });
      isA(await rejection(lock.extend()), LockLostError);
      await fixture.hasNoKeyLeft();
      same(countsOf(fixture.nodes, calling("repair")), [0, 0, 0]);
    },
  ),

  ...lockCase(
    "no repair helps an extension to its quorum, or goes with one that failed",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed(expiry20sRound1s).lock();
      await fixture.tampering.forget({ nodes: [0] });
      const mend = fixture.at(1).inject(connectionCut, calling("extend"));
      isA(await rejection(lock.extend()), ExtendFailedError);
      const late = gate();
      fixture.at(0).inject(late.reply, calling("extend"));
      const extending = rejection(lock.extend());
      await fixture.clock.advance(ROUND_1S);
      isA(await extending, ExtendFailedError);
      await late.release();
      await fixture.settled();
      same(await fixture.keys.values(), [null, lock.value, lock.value]);
      same(countsOf(fixture.nodes, calling("repair")), [0, 0, 0]);
      mend();
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "no node is repaired that has somebody else's value, also if that came first",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      const lock = await fixture.timed({ onEvent: recorded.onEvent }).lock();
      await fixture.tampering.takenByOther({ nodes: [2] });
      await lock.extend();
      await fixture.settled();
      same(countsOf(fixture.nodes, calling("repair")), [0, 0, 0]);
      await fixture.tampering.forget({ nodes: [2] });
      const late = gate();
      fixture.at(2).inject(late.delivery, calling("repair"));
      await lock.extend();
      await late.reached;
      await fixture.tampering.takenByOther({ nodes: [2] });
      await late.release();
      await fixture.settled();
      same(await fixture.keys.values(), [lock.value, lock.value, OTHER]);
      same(recorded.of("repaired"), [], "repairs reported");
      same(await lock.unlock(), "released");
      await fixture.settled();
      same(await fixture.keys.values(), [null, null, OTHER]);
    },
  ),
];

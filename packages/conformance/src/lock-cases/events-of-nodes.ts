import { ok, rejection, same } from "../assert.ts";
import { connectionCut, errorReply, hung } from "../fixture/faults.ts";
import { mendAll } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S, expiry20sRound1s, RENEWAL_6667MS, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { Recorder, summary } from "../recorder.ts";

/** What `onEvent` gets of nodes and of losses. */
export const eventsOfNodes: readonly Case[] = [
  ...lockCase(
    "an outage is reported in a handful of events, which count what failed",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      const options = {
        ...expiry20sRound1s,
        tries: Number.POSITIVE_INFINITY,
        retryDelay: 250,
        onEvent: recorded.onEvent,
      };
      for (const { inject } of fixture.nodes)
        inject(errorReply("LOADING Redis is loading the dataset in memory"));
      const redsync = fixture.redsync(options, fixture.clock);
      const locking = [fixture.name, fixture.another()].map((name) =>
        rejection(redsync.mutex(name).lock({ timeout: 60_000 })),
      );
      await fixture.clock.advance(60_100);
      await Promise.all(locking);
      const events = recorded.of("nodeFailed");
      for (const node of fixture.nodes.keys()) same(events.filter((event) => event.node === node).length, 4);
      ok(events.reduce((sum, { failures }) => sum + failures, 0) > 300, "what failed is counted");
      same(recorded.of("failed").length, 2, "calls that failed");
      mendAll(fixture.nodes);
      await fixture.clock.advance(1_000);
    },
  ),

  ...lockCase(
    "onEvent gets one event of a loss, with its reason",
    { nodes: 1, faults: true },
    async (fixture) => {
      const { name } = fixture;
      const { events, onEvent } = new Recorder();
      const expired = await fixture.timed({ onEvent }).lock();
      await fixture.clock.advance(EXPIRY_20S);
      for (let twice = 0; twice < 2; twice++) await rejection(expired.extend());
      await expired.unlock();
      const taken = await fixture.mutex({ onEvent }).lock();
      await fixture.tampering.takenByOther();
      for (let twice = 0; twice < 2; twice++) await rejection(taken.verify());
      same(events.filter(({ type }) => type === "lost").map(summary), [
        { type: "lost", name, reason: "expired", held: "ms", error: "LockLostError" },
        { type: "lost", name, reason: "taken", held: "ms", error: "LockLostError" },
      ]);
    },
  ),

  ...lockCase(
    "onEvent gets the indexes of failed and of taken nodes, and how many granted",
    { nodes: 3, faults: true },
    async (fixture) => {
      const { name } = fixture;
      const { events, onEvent } = new Recorder();
      const mend = fixture.at(2).inject(connectionCut);
      await fixture.tampering.takenByOther({ nodes: [0, 1] });
      same(await fixture.mutex({ onEvent }).tryLock(), null);
      mend();
      await fixture.tampering.forget({ nodes: [1] });
      await (await fixture.mutex({ onEvent }).lock()).unlock();
      // Less the undo, which goes to the failed node too: nobody knows whether it ran the acquire.
      const ofAcquire = events.filter((event) => !("operation" in event) || event.operation === "acquire");
      same(ofAcquire.map(summary), [
        {
          type: "nodeFailed",
          name,
          operation: "acquire",
          attempt: 1,
          node: 2,
          ms: "ms",
          failures: 1,
          error: "NodeError",
        },
        { type: "contended", name, attempt: 1, ms: "ms", nodes: [0, 1] },
        { type: "acquired", name, attempt: 1, ms: "ms", remaining: "ms", granted: 2 },
        { type: "released", name, result: "released", ms: "ms", held: "ms" },
      ]);
    },
  ),

  ...lockCase(
    "onEvent gets a lock's whole life: extended by itself, repaired, adopted, lost",
    { nodes: 3 },
    async (fixture) => {
      const { name } = fixture;
      const { events, onEvent } = new Recorder();
      const lock = await fixture.timed({ autoExtend: true, failFast: false, onEvent }).lock();
      await fixture.tampering.forget({ nodes: [2] });
      await fixture.clock.advance(RENEWAL_6667MS);
      lock.handOver();
      const heir = await fixture.mutex({ failFast: false, onEvent }).adopt(lock.value);
      await fixture.tampering.takenByOther({ nodes: [1] });
      await fixture.tampering.forget({ nodes: [2] });
      await rejection(heir.verify());
      same(await heir.unlock(), "taken");
      same(events.map(summary), [
        { type: "acquired", name, attempt: 1, ms: "ms", remaining: "ms", granted: 3 },
        { type: "extended", name, ms: "ms", remaining: "ms", granted: 2 },
        { type: "repaired", name, node: 2, ms: "ms" },
        { type: "extended", name, ms: "ms", remaining: "ms", granted: 3 },
        { type: "lost", name, reason: "taken", held: "ms", error: "LockLostError" },
        { type: "released", name, result: "taken", ms: "ms", held: "ms" },
      ]);
    },
  ),

  ...lockCase(
    "onEvent gets nodes that fail, or stay silent, after the verdict",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      const options = { ...expiry20sRound1s, onEvent: recorded.onEvent };
      for (const [fault, word] of [
        [errorReply("OOM command not allowed"), "OOM"],
        [hung, "no answer within"],
      ] as const) {
        const mend = fixture.at(2).inject(fault, calling("acquire"));
        const lock = await fixture.timed(options).lock();
        await fixture.clock.advance(ROUND_1S);
        same(
          recorded.of("nodeFailed").filter(({ node, error }) => node === 2 && error.message.includes(word))
            .length,
          1,
          `${word} was reported`,
        );
        mend();
        await lock.unlock();
      }
    },
  ),
];

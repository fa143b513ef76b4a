import { ok, rejection, same } from "../assert.ts";
import { connectionCut } from "../fixture/faults.ts";
import { countOfCommands, mendAll } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S, RENEWAL_6667MS } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { Recorder } from "../recorder.ts";
import { extensions, renewing } from "../renewing.ts";

/** Renewals that do not reach the nodes, or find the lock lost. */
export const renewalFails: readonly Case[] = [
  ...lockCase(
    "a renewal that fails is tried again, and holds the lock if the nodes come back in time",
    { nodes: 3, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      for (const { inject } of fixture.nodes) inject(connectionCut, calling("extend"));
      const lock = await fixture.timed({ ...renewing, onEvent: recorded.onEvent }).lock();
      const first = lock.until.getTime();
      await fixture.clock.advance(1.5 * RENEWAL_6667MS);
      ok(extensions(fixture) >= 3, `it was tried three times: ${extensions(fixture)}`);
      mendAll(fixture.nodes);
      await fixture.clock.advance(RENEWAL_6667MS);
      ok(lock.until.getTime() > first, "it has been extended");
      await lock.verify();
      same(recorded.of("lost"), [], "losses reported");
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a renewal that fails is tried again, each time later, and reports one loss if none succeeds",
    { nodes: 1, faults: true },
    async (fixture) => {
      const recorded = new Recorder();
      for (const { inject } of fixture.nodes) inject(connectionCut, calling("extend"));
      const lock = await fixture.timed({ ...renewing, onEvent: recorded.onEvent }).lock();
      await fixture.clock.advance(EXPIRY_20S);
      const [lost] = recorded.of("lost");
      same([lost?.reason, lock.remaining()], ["expired", 0]);
      same(
        lost?.error.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
        "what the nodes had said to the last extension",
      );
      const tries = extensions(fixture);
      ok(tries <= 10, `tries in the validity, which pauses that double divide: ${tries}`);
      const before = countOfCommands(fixture.nodes);
      await fixture.clock.advance(EXPIRY_20S);
      same(
        [countOfCommands(fixture.nodes), recorded.of("lost").length],
        [before, 1],
        "commands, and losses reported",
      );
      const error = await rejection(lock.extend());
      ok(error === lost?.error, "the same loss");
      same(recorded.of("lost").length, 1);
    },
  ),

  ...lockCase(
    "renewal ends when the lock is found lost, and reports it once",
    { nodes: 1 },
    async (fixture) => {
      const recorded = new Recorder();
      const lock = await fixture.timed({ ...renewing, onEvent: recorded.onEvent }).lock();
      await fixture.tampering.takenByOther();
      await fixture.clock.advance(RENEWAL_6667MS);
      same(recorded.of("lost")[0]?.reason, "taken");
      await fixture.settled();
      same(fixture.clock.timers, 0, "timers that are left");
      same(recorded.of("lost").length, 1, "losses reported");
      same(lock.remaining(), 0);
    },
  ),
];

import { LockFailedError, type MutexOptions, NodeError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { failureFrom } from "../failed-attempts.ts";
import { connectionCut, errorReply, gate, replyNeverComes } from "../fixture/faults.ts";
import { mendAll } from "../fixture/faulty-nodes.ts";
import type { Fixture } from "../fixture/fixture.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { settlement } from "../settlement.ts";

/** What a single attempt fails with, which is not contention. */
const failureOf = (fixture: Fixture, options: MutexOptions = {}): Promise<LockFailedError> =>
  failureFrom(fixture.mutex({ tries: 1, ...options }).lock());

/** Nodes that refuse, cannot be reached, or say nothing. */
export const outages: readonly Case[] = [
  ...lockCase(
    "fails with LockFailedError if no node can be reached, down to the client's own error",
    { nodes: [1, 3, 4], faults: true },
    async (fixture) => {
      for (const { inject } of fixture.nodes) inject(connectionCut);
      const error = await failureOf(fixture);
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
      );
      matches(error.message, /node 0: no answer: Socket closed unexpectedly/);
      isA(error.cause, NodeError);
      same([error.cause.node, error.cause.refused], [0, false]);
      isA(error.cause.cause, Error);
      same(error.cause.cause.message, "Socket closed unexpectedly");
      isA(await rejection(fixture.mutex().tryLock()), LockFailedError);
    },
  ),

  ...lockCase(
    "leaves no key behind if too few nodes could be reached",
    { nodes: [2, 3, 5], faults: true },
    async (fixture) => {
      const quorum = Math.floor(fixture.nodes.length / 2) + 1;
      for (const { inject } of fixture.nodes.slice(quorum - 1)) inject(connectionCut);
      const error = await failureOf(fixture, { tries: 2 });
      same(error.outcomes.filter(({ status }) => status === "ok").length, quorum - 1);
      matches(
        error.message,
        new RegExp(`${quorum - 1} of ${fixture.nodes.length} nodes granted it, and ${quorum} must`),
      );
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "counts a server's own error as refused, and says it",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      for (const { inject } of fixture.nodes)
        inject(errorReply("LOADING Redis is loading the dataset in memory"));
      const error = await failureOf(fixture);
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("failed"),
      );
      matches(error.message, /node 0: refused: LOADING Redis is loading/);
      isA(error.cause, NodeError);
      same(error.cause.refused, true);
    },
  ),

  ...lockCase(
    "fails with WRONGTYPE if the name holds other data, which stays",
    { nodes: 1, faults: true },
    async (fixture) => {
      await fixture.tampering.send(0, "RPUSH", fixture.name, "item");
      const error = await failureOf(fixture);
      matches(error.message, /node 0: refused: -?WRONGTYPE /);
      isA(error.cause, NodeError);
      isA(error.cause.cause, Error);
      matches(error.cause.cause.message, /WRONGTYPE/);
      await fixture.settled();
      same(await fixture.tampering.send(0, "RPUSH", fixture.name, "item"), 2);
    },
  ),

  ...lockCase(
    "ends an attempt at its deadline if the nodes hang for ever",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.delivery);
      const failing = failureFrom(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock());
      const attempt = settlement(failing);
      await fixture.clock.advance(ROUND_1S - 1);
      same(attempt.isDone, false, "the attempt is over before its deadline");
      await fixture.clock.advance(1);
      same(attempt.isDone, true, "the attempt is over at its deadline");
      const error = await failing;
      await stuck.release();
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("unknown"),
      );
      matches(error.message, /node 0: no answer within \d+ ms \(.*timeoutFactor.*raise/);
    },
  ),

  ...lockCase(
    "undoes at its deadline what ran on nodes whose reply never comes",
    { nodes: 3, faults: true },
    async (fixture) => {
      const stuck = gate();
      for (const { inject } of fixture.nodes) inject(stuck.reply, calling("acquire"));
      const failing = failureFrom(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock());
      await fixture.clock.advance(ROUND_1S - 1);
      ok(!(await fixture.keys.values()).includes(null), "the nodes have run it");
      await fixture.clock.advance(1);
      await failing;
      same(await fixture.keys.values(), fixture.each(null), "what is left at the deadline");
      await stuck.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an attempt leaves nothing on a node whose reply never comes",
    { nodes: 1, faults: true },
    async (fixture) => {
      fixture.at(0).inject(replyNeverComes, calling("acquire"));
      await fixture.clock.pass(failureFrom(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock()));
      same(await fixture.keys.values(), [null]);
    },
  ),
];

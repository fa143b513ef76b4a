import { LockFailedError, NodeError } from "@redsync/core";
import { isA, matches, rejection, same } from "../assert.ts";
import { passing } from "../error-replies.ts";
import { clientRefuses, errorReply, gate } from "../fixture/faults.ts";
import { injectAll, mendAll } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import type { Case } from "../harness.ts";

/** Deletes that are refused, or that nothing calls for. */
export const deleteRefusals: readonly Case[] = [
  ...lockCase(
    "unlock() asks again, before its verdict, a node that refuses for a moment",
    { nodes: 1, faults: true },
    async (fixture) => {
      for (const message of passing) {
        fixture.at(0).inject(errorReply(message), first(calling("release"), 3));
        const lock = await fixture.timed().lock();
        same(await fixture.clock.pass(lock.unlock()), "released");
      }
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() asks again if the client refused, until its deadline",
    { nodes: 1, faults: true },
    async (fixture) => {
      fixture
        .at(0)
        .inject(clientRefuses("the client's queue is full", { notSent: true }), first(calling("release"), 5));
      const lock = await fixture.timed().lock();
      same(await fixture.clock.pass(lock.unlock()), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() does not wait for a node that refuses once a quorum has released",
    { nodes: 3, faults: true },
    async (fixture) => {
      fixture.at(2).inject(errorReply("LOADING Redis is loading the dataset in memory"), calling("release"));
      const lock = await fixture.timed().lock();
      const start = fixture.clock.monotonic();
      same(await lock.unlock(), "released");
      same(fixture.clock.monotonic() - start, 0, "what it has waited");
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("unlock() says what a node refused to the end", { nodes: 1, faults: true }, async (fixture) => {
    fixture.at(0).inject(errorReply("BUSY Redis is busy running a script."), calling("release"));
    const lock = await fixture.timed().lock();
    const error = await fixture.clock.pass(rejection(lock.unlock()));
    matches(String(error), /node 0: refused: BUSY /);
    mendAll(fixture.nodes);
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "an undo that is refused for a moment is sent again",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const replies = gate();
      injectAll(fixture.nodes, replies.reply, calling("acquire"));
      for (const { inject } of fixture.nodes)
        inject(errorReply("NOREPLICAS Not enough good replicas to write."), first(calling("release"), 2));
      const controller = new AbortController();
      const locking = rejection(fixture.timed().lock({ signal: controller.signal }));
      await replies.reached;
      controller.abort();
      await locking;
      await replies.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "what the client never wrote has failed, and needs no undo",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      injectAll(
        fixture.nodes,
        clientRefuses("the client's queue is full", { notSent: true }),
        first(calling("acquire"), 2 * fixture.nodes.length),
      );
      const error = await rejection(fixture.mutex({ tries: 1 }).lock());
      isA(error, LockFailedError);
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("failed"),
      );
      isA(error.cause, NodeError);
      same(error.cause.refused, true);
      matches(error.message, /node 0: refused: the client's queue is full/);
      await fixture.settled();
      same(fixture.nodes.flatMap(({ sent }) => sent.filter(calling("release"))).length, 0, "undos");
    },
  ),
];

import { LockLostError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { deliveredTwice, replyLost } from "../fixture/faults.ts";
import { injectAll } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import {
  enterStranger,
  forCalls,
  inLine,
  lockEverywhere,
  processes,
  strangerLeaves,
  strangerOf,
} from "../fixture/waiters.ts";
import type { Case } from "../harness.ts";

/** By the server's clock: longer than any case. */
const SPAN_MS = 600_000;

/** A name that is kept for a waiter. */
export const queueReservations: readonly Case[] = [
  ...lockCase(
    "queue: a name that is kept for a waiter is nobody's lock, and nobody else's either",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const id = strangerOf(fixture, "p", SPAN_MS);
      await enterStranger(fixture, id, EXPIRY_20S);
      const before = performance.now();
      same(await held.unlock(), "released");
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(id));
      await fixture.keys.haveTtl(SPAN_MS, before);
      same(await fixture.mutex().tryLock(), null);
      same(await fixture.mutex({ fair: false }).tryLock(), null);
      const loss = await rejection(fixture.mutex().adopt(held.value));
      isA(loss, LockLostError);
      ok(
        loss.outcomes.every(({ status }) => status !== "taken"),
        "nobody has taken it",
      );
      same(await fixture.keys.values(), fixture.each(id), "what is kept");
      await strangerLeaves(fixture, id);
      const lock = await fixture.mutex().tryLock();
      same(await lock?.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: what is kept for a waiter that never comes ends by itself, and the next one has the name",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      await enterStranger(fixture, strangerOf(fixture, "p", 200), EXPIRY_20S);
      const [live] = await inLine(
        fixture,
        [fixture.mutex({ expiry: 2_000, timeoutFactor: 0.5, tries: 1_000 })],
        [],
        1,
      );
      same(await held.unlock(), "released");
      same(await (await live?.locking)?.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: an unlock that a client sends twice answers released, also if the next one has the name",
    { nodes: [1, 3], faults: true, needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture, fixture.mutex());
      const waits = await inLine(fixture, processes(fixture, 2));
      injectAll(fixture.nodes, deliveredTwice, first(calling("release")));
      same(await held.unlock(), "released");
      for (const { locking } of waits) same(await (await locking).unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: the next one is called also if the reply to the unlock is lost",
    { nodes: [1, 3], faults: true, needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture, fixture.mutex());
      const waits = await inLine(fixture, processes(fixture, 2));
      for (const { inject } of fixture.nodes) inject(replyLost, first(calling("release")));
      const unlocking = held.unlock().catch(() => {});
      for (const { locking } of waits) same(await (await locking).unlock(), "released");
      await unlocking;
      await fixture.hasNoKeyLeft();
    },
  ),
];

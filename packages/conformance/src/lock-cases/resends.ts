import { LockFailedError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut, deliveredTwice, gate, replyLost } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Clients send again what they got no reply to, and networks deliver late. */
export const resends: readonly Case[] = [
  ...lockCase(
    "an acquire that is sent again after a lost reply is granted, for the full expiry",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      for (const { inject } of fixture.nodes) inject(deliveredTwice, calling("acquire"));
      const started = performance.now();
      const lock = await fixture.mutex({ expiry: EXPIRY_20S }).lock();
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value));
      await fixture.keys.haveTtl(EXPIRY_20S, started);
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a delete that is sent again after a lost reply counts as released",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      for (const { inject } of fixture.nodes) inject(deliveredTwice, calling("release"));
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an extension that is delivered twice extends",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      for (const { inject } of fixture.nodes) inject(deliveredTwice, calling("extend"));
      await lock.extend();
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "leaves no key behind if the replies to an acquire were lost",
    { nodes: [1, 2, 3], faults: true },
    async (fixture) => {
      for (const { inject } of fixture.nodes) inject(replyLost, calling("acquire"));
      isA(await rejection(fixture.mutex({ tries: 2 }).lock()), LockFailedError);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() deletes the key also if the reply to the acquire was lost",
    { nodes: 3, faults: true },
    async (fixture) => {
      fixture.at(0).inject(replyLost, first(calling("acquire")));
      const lock = await fixture.mutex().lock();
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an undo that is delivered again later leaves the next attempt's lock alone",
    { nodes: 3, faults: true },
    async (fixture) => {
      const late = gate();
      fixture.at(0).inject(late.copy, first(calling("release")));
      for (const node of [1, 2]) fixture.at(node).inject(connectionCut, first(calling("acquire")));
      const lock = await fixture.mutex({ tries: 2 }).lock();
      await late.reached;
      const before = fixture.at(0).delivered.length;
      await late.release();
      same(fixture.at(0).delivered.length, before + 1, "the undo was delivered again");
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a copy of the acquire that is delivered after unlock() ends with its TTL",
    { nodes: 1, faults: true },
    async (fixture) => {
      const late = gate();
      fixture.at(0).inject(late.copy, first(calling("acquire")));
      const lock = await fixture.mutex({ expiry: EXPIRY_20S }).lock();
      same(await lock.unlock(), "released");
      await late.release();
      const [ttl = 0] = await fixture.keys.ttls();
      ok(ttl > 0 && ttl <= 20_000, `it has a TTL: ${ttl}`);
    },
  ),
];

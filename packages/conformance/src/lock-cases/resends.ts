import { LockFailedError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut, deliveredTwice, gate, replyLost } from "../faults.ts";
import type { Case } from "../harness.ts";
import { calling, first } from "../matches.ts";
import { over, overEach } from "../stage.ts";

/** Clients send again what they got no reply to, and networks deliver late. */
export const resends: readonly Case[] = [
  ...overEach(
    [1, 3],
    "an acquire whose reply was lost and that the client sends again is granted, for the full expiry",
    async (fixture) => {
      for (const { inject } of fixture.nodes) inject(deliveredTwice, calling("acquire"));
      const lock = await fixture.mutex({ expiry: 20_000 }).lock();
      same(await fixture.keys.values(), fixture.each(lock.value));
      for (const ttl of await fixture.keys.ttls()) ok(ttl > 15_000, `the TTL is the expiry: ${ttl}`);
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...overEach(
    [1, 3],
    "a delete whose reply was lost and that the client sends again counts as released",
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      for (const { inject } of fixture.nodes) inject(deliveredTwice, calling("release"));
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...overEach([1, 3], "an extension that is delivered twice extends", async (fixture) => {
    const lock = await fixture.mutex().lock();
    for (const { inject } of fixture.nodes) inject(deliveredTwice, calling("extend"));
    await lock.extend();
    same(await lock.unlock(), "released");
  }),

  ...overEach(
    [1, 2, 3],
    "leaves no key behind where the replies to an acquire were lost",
    async (fixture) => {
      for (const { inject } of fixture.nodes) inject(replyLost, calling("acquire"));
      isA(await rejection(fixture.mutex({ tries: 2 }).lock()), LockFailedError);
      await fixture.hasNoKeyLeft();
    },
  ),

  over(3, "unlock() deletes the key also where the reply to the acquire was lost", async (fixture) => {
    fixture.at(0).inject(replyLost, first(calling("acquire")));
    const lock = await fixture.mutex().lock();
    same(await fixture.keys.values(), fixture.each(lock.value));
    same(await lock.unlock(), "released");
    await fixture.hasNoKeyLeft();
  }),

  over(
    3,
    "an undo of the first attempt that is delivered again during the second one's grant leaves that alone",
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

  over(1, "a copy of the acquire that is delivered after unlock() ends with its TTL", async (fixture) => {
    const late = gate();
    fixture.at(0).inject(late.copy, first(calling("acquire")));
    const lock = await fixture.mutex({ expiry: 20_000 }).lock();
    same(await lock.unlock(), "released");
    await late.release();
    const [ttl = 0] = await fixture.keys.ttls();
    ok(ttl > 0 && ttl <= 20_000, `it has a TTL: ${ttl}`);
  }),
];

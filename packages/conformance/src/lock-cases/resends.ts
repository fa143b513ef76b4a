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
    async (stage) => {
      for (const { inject } of stage.nodes) inject(deliveredTwice, calling("acquire"));
      const lock = await stage.mutex({ expiry: 20_000 }).lock();
      same(await stage.values(), stage.each(lock.value));
      for (const ttl of await stage.ttls()) ok(ttl > 15_000, `the TTL is the expiry: ${ttl}`);
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  ...overEach(
    [1, 3],
    "a delete whose reply was lost and that the client sends again counts as released",
    async (stage) => {
      const lock = await stage.mutex().lock();
      for (const { inject } of stage.nodes) inject(deliveredTwice, calling("release"));
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  ...overEach([1, 3], "an extension that is delivered twice extends", async (stage) => {
    const lock = await stage.mutex().lock();
    for (const { inject } of stage.nodes) inject(deliveredTwice, calling("extend"));
    await lock.extend();
    same(await lock.unlock(), "released");
  }),

  ...overEach([1, 2, 3], "leaves no key behind where the replies to an acquire were lost", async (stage) => {
    for (const { inject } of stage.nodes) inject(replyLost, calling("acquire"));
    isA(await rejection(stage.mutex({ tries: 2 }).lock()), LockFailedError);
    await stage.hasNoKeyLeft();
  }),

  over(3, "unlock() deletes the key also where the reply to the acquire was lost", async (stage) => {
    stage.at(0).inject(replyLost, first(calling("acquire")));
    const lock = await stage.mutex().lock();
    same(await stage.values(), stage.each(lock.value));
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  over(
    3,
    "an undo of the first attempt that is delivered again during the second one's grant leaves that alone",
    async (stage) => {
      const late = gate();
      stage.at(0).inject(late.copy, first(calling("release")));
      for (const node of [1, 2]) stage.at(node).inject(connectionCut, first(calling("acquire")));
      const lock = await stage.mutex({ tries: 2 }).lock();
      await late.reached;
      const before = stage.at(0).delivered.length;
      await late.release();
      same(stage.at(0).delivered.length, before + 1, "the undo was delivered again");
      same(await stage.values(), stage.each(lock.value));
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  over(1, "a copy of the acquire that is delivered after unlock() ends with its TTL", async (stage) => {
    const late = gate();
    stage.at(0).inject(late.copy, first(calling("acquire")));
    const lock = await stage.mutex({ expiry: 20_000 }).lock();
    same(await lock.unlock(), "released");
    await late.release();
    const [ttl = 0] = await stage.ttls();
    ok(ttl > 0 && ttl <= 20_000, `it has a TTL: ${ttl}`);
  }),
];

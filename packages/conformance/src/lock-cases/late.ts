import { LockFailedError } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { connectionCut, errorReply, gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { beginning, calling, first } from "../fixture/matches.ts";
import { expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

const noScript = errorReply("NOSCRIPT No matching script. Please use EVAL.");

/** Nodes that answer after the verdict. */
export const late: readonly Case[] = [
  ...lockCase(
    "a grant that comes after the deadline is kept while the lock is held, and unlock() deletes it",
    { nodes: 3, faults: true },
    async (fixture) => {
      const slow = gate();
      fixture.at(2).inject(slow.delivery, first(calling("acquire")));
      const lock = await fixture.clock.pass(fixture.timed(expiry20sRound1s).lock());
      same(await fixture.keys.values(), [lock.value, lock.value, null]);
      await slow.release();
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a grant that comes after the verdict is kept while the lock is held, and unlock() deletes it",
    { nodes: 3, faults: true },
    async (fixture) => {
      const slow = gate();
      fixture.at(2).inject(slow.delivery, first(calling("acquire")));
      const lock = await fixture.mutex().lock();
      same(await fixture.keys.values(), [lock.value, lock.value, null]);
      await slow.release();
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("a grant that comes after unlock() is undone", { nodes: 3, faults: true }, async (fixture) => {
    const slow = gate();
    fixture.at(2).inject(slow.delivery, first(calling("acquire")));
    const lock = await fixture.mutex().lock();
    same(await lock.unlock(), "released");
    await slow.release();
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "a grant that comes after its attempt has failed is undone",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const slow = fixture.nodes.map(({ inject }) => {
        const delivery = gate();
        inject(delivery.delivery, first(calling("acquire")));
        return delivery;
      });
      const locking = rejection(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock());
      await fixture.clock.advance(ROUND_1S);
      isA(await locking, LockFailedError);
      await Promise.all(slow.map(({ release }) => release()));
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a late grant of an earlier attempt is undone, and leaves a later one's lock alone",
    { nodes: 3, faults: true },
    async (fixture) => {
      const slow = gate();
      fixture.at(0).inject(slow.delivery, first(calling("acquire")));
      for (const node of [1, 2]) fixture.at(node).inject(connectionCut, first(calling("acquire")));
      const lock = await fixture.clock.pass(fixture.timed(expiry20sRound1s).lock());
      same(await fixture.keys.values(), fixture.each(lock.value));
      await slow.release();
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a grant whose reply comes late is undone once the attempt has failed",
    { nodes: 3, faults: true },
    async (fixture) => {
      const slow = gate();
      fixture.at(0).inject(slow.reply, first(calling("acquire")));
      for (const node of [1, 2]) fixture.at(node).inject(connectionCut, calling("acquire"));
      isA(
        await fixture.clock.pass(rejection(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock())),
        LockFailedError,
      );
      await slow.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a script that the server does not have is sent as text",
    { nodes: 1, faults: true },
    async (fixture) => {
      fixture.at(0).inject(noScript, beginning("EVALSHA"));
      const lock = await fixture.mutex().lock();
      same(await fixture.keys.values(), [lock.value]);
      same(await lock.unlock(), "released");
      same(
        fixture.at(0).sent.map(([word]) => word),
        ["EVALSHA", "EVAL", "EVALSHA", "EVAL"],
      );
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "no text follows a NOSCRIPT that comes after the attempt was given up",
    { nodes: 1, faults: true },
    async (fixture) => {
      const slow = gate();
      fixture.at(0).inject((deliver) => slow.reply(() => noScript(deliver)), first(calling("acquire")));
      isA(
        await fixture.clock.pass(rejection(fixture.timed({ ...expiry20sRound1s, tries: 1 }).lock())),
        LockFailedError,
      );
      await slow.release();
      await fixture.hasNoKeyLeft();
      const words = fixture.at(0).sent.map(([word]) => word);
      same(words.includes("EVAL"), false, `the text was sent: ${words}`);
    },
  ),

  ...lockCase(
    "no text follows a NOSCRIPT that comes after the caller aborted",
    { nodes: 1, faults: true },
    async (fixture) => {
      const slow = gate();
      const controller = new AbortController();
      fixture.at(0).inject((deliver) => slow.reply(() => noScript(deliver)), first(calling("acquire")));
      const locking = rejection(fixture.mutex().lock({ signal: controller.signal }));
      await slow.reached;
      controller.abort();
      await locking;
      await slow.release();
      await fixture.hasNoKeyLeft();
      same(fixture.at(0).sent.some(beginning("EVAL")), false, "the text was sent");
    },
  ),
];

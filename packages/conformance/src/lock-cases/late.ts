import { LockFailedError } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { connectionCut, errorReply, gate } from "../faults.ts";
import type { Case } from "../harness.ts";
import { beginning, calling, first } from "../matches.ts";
import { brisk, DEADLINE, over, overEach } from "../stage.ts";

const noScript = errorReply("NOSCRIPT No matching script. Please use EVAL.");

/** Nodes that answer after the verdict. */
export const late: readonly Case[] = [
  over(
    3,
    "a grant that comes after the deadline is kept while the lock is held, and unlock() deletes it",
    async (stage) => {
      const slow = gate();
      stage.at(2).inject(slow.delivery, first(calling("acquire")));
      const lock = await stage.clock.pass(stage.timed(brisk).lock());
      same(await stage.values(), [lock.value, lock.value, null]);
      await slow.release();
      await stage.settled();
      same(await stage.values(), stage.each(lock.value));
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  over(
    3,
    "a grant that comes after failFast has locked is kept while the lock is held, and unlock() deletes it",
    async (stage) => {
      const slow = gate();
      stage.at(2).inject(slow.delivery, first(calling("acquire")));
      const lock = await stage.mutex({ failFast: true }).lock();
      same(await stage.values(), [lock.value, lock.value, null]);
      await slow.release();
      await stage.settled();
      same(await stage.values(), stage.each(lock.value));
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  over(3, "a grant that comes after unlock() is undone", async (stage) => {
    const slow = gate();
    stage.at(2).inject(slow.delivery, first(calling("acquire")));
    const lock = await stage.mutex({ failFast: true }).lock();
    same(await lock.unlock(), "released");
    await slow.release();
    await stage.hasNoKeyLeft();
  }),

  ...overEach([1, 3], "a grant that comes after its attempt has failed is undone", async (stage) => {
    const slow = stage.nodes.map(({ inject }) => {
      const delivery = gate();
      inject(delivery.delivery, first(calling("acquire")));
      return delivery;
    });
    const locking = rejection(stage.timed({ ...brisk, tries: 1 }).lock());
    await stage.clock.advance(DEADLINE);
    isA(await locking, LockFailedError);
    await Promise.all(slow.map(({ release }) => release()));
    await stage.hasNoKeyLeft();
  }),

  over(
    3,
    "a grant that comes while a later attempt holds the lock is undone, and leaves that lock alone",
    async (stage) => {
      const slow = gate();
      stage.at(0).inject(slow.delivery, first(calling("acquire")));
      for (const node of [1, 2]) stage.at(node).inject(connectionCut, first(calling("acquire")));
      const lock = await stage.clock.pass(stage.timed(brisk).lock());
      same(await stage.values(), stage.each(lock.value));
      await slow.release();
      await stage.settled();
      same(await stage.values(), stage.each(lock.value));
      same(await lock.unlock(), "released");
      await stage.hasNoKeyLeft();
    },
  ),

  over(3, "a grant whose reply comes late is undone once the attempt has failed", async (stage) => {
    const slow = gate();
    stage.at(0).inject(slow.reply, first(calling("acquire")));
    for (const node of [1, 2]) stage.at(node).inject(connectionCut, calling("acquire"));
    isA(await stage.clock.pass(rejection(stage.timed({ ...brisk, tries: 1 }).lock())), LockFailedError);
    await slow.release();
    await stage.hasNoKeyLeft();
  }),

  over(1, "a script that the server does not have is sent as text", async (stage) => {
    stage.at(0).inject(noScript, beginning("EVALSHA"));
    const lock = await stage.mutex().lock();
    same(await stage.values(), [lock.value]);
    same(await lock.unlock(), "released");
    same(
      stage.at(0).sent.map(([word]) => word),
      ["EVALSHA", "EVAL", "EVALSHA", "EVAL"],
    );
    await stage.hasNoKeyLeft();
  }),

  over(
    1,
    "a NOSCRIPT that comes after the attempt was given up is not followed by the text",
    async (stage) => {
      const slow = gate();
      stage.at(0).inject((deliver) => slow.reply(() => noScript(deliver)), first(calling("acquire")));
      isA(await stage.clock.pass(rejection(stage.timed({ ...brisk, tries: 1 }).lock())), LockFailedError);
      await slow.release();
      await stage.hasNoKeyLeft();
      const words = stage.at(0).sent.map(([word]) => word);
      same(words.includes("EVAL"), false, `the text was sent: ${words}`);
    },
  ),

  over(1, "a NOSCRIPT that comes after the caller aborted is not followed by the text", async (stage) => {
    const slow = gate();
    const controller = new AbortController();
    stage.at(0).inject((deliver) => slow.reply(() => noScript(deliver)), first(calling("acquire")));
    const locking = rejection(stage.mutex().lock({ signal: controller.signal }));
    await slow.reached;
    controller.abort();
    await locking;
    await slow.release();
    await stage.hasNoKeyLeft();
    same(stage.at(0).sent.some(beginning("EVAL")), false, "the text was sent");
  }),
];

import { LockFailedError, type Mutex } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut, deliveredTwice, gate } from "../faults.ts";
import type { Case } from "../harness.ts";
import { calling, first } from "../matches.ts";
import { callOf } from "../questions.ts";
import { brisk, DEADLINE, fenceOf, happily, happilyEach, over, overEach } from "../stage.ts";
import {
  atClock,
  fenced,
  grow,
  MINUTE,
  microseconds,
  moveAhead,
  storing,
  tokenFrom,
  tokenOf,
} from "../tokens.ts";

/** Tokens that grow with every holder. */
export const fencing: readonly Case[] = [
  ...happilyEach(
    [1, 3],
    "every holder's token is larger than the one before, whoever they are, and an exact number near the time",
    async (stage) => {
      const mutexes = [stage.mutex(fenced), stage.rival(fenced)];
      const tokens: number[] = [];
      for (let turn = 0; turn < 6; turn++) {
        const before = microseconds();
        const lock = await (mutexes[turn % 2] as Mutex).lock();
        const token = tokenOf(lock);
        ok(token > before - 5_000_000 && token < microseconds() + 5_000_000, `it is near the time: ${token}`);
        same(await stage.fences(), stage.each(token), "what the nodes store");
        tokens.push(token);
        same(await lock.unlock(), "released");
      }
      grow(tokens);
      await stage.hasNoKeyLeft();
      same(await stage.fences(), stage.each(tokens.at(-1)), "the fence stays");
    },
  ),

  happily(1, "without fencing there is no token, and no fence", async (stage) => {
    const lock = await stage.mutex().lock();
    await lock.extend();
    same(lock.token, undefined);
    same(await lock.unlock(), "released");
    same(await stage.fences(), [0]);
  }),

  happily(3, "a pair with fencing sends two commands to every node, where the nodes agree", async (stage) => {
    const mutex = stage.mutex(fenced);
    for (const agree of ["by the time", "by what they store"]) {
      if (agree !== "by the time") await moveAhead(stage, stage.all);
      for (let pair = 1; pair <= 5; pair++) {
        const before = stage.sent;
        const start = performance.now();
        const lock = await mutex.lock();
        // A node that took a second to answer has another time than the others.
        if (agree === "by the time" && performance.now() - start > 900) await lock.unlock();
        else {
          same(await lock.unlock(), "released");
          same(stage.sent - before, 2 * stage.nodes.length, `the commands of pair ${pair}, ${agree}`);
        }
      }
    }
  }),

  happily(
    3,
    "extend() keeps the token, and restores it where a node lost its fence, or its key too",
    async (stage) => {
      const lock = await stage.mutex(fenced).lock();
      const token = tokenOf(lock);
      await lock.extend();
      same(lock.token, token);
      same(await stage.fences(), stage.each(token), "after an extension");
      await stage.forget([0], fenceOf(stage.name));
      for (const key of [stage.name, fenceOf(stage.name)]) await stage.forget([1], key);
      await lock.extend();
      await stage.settled();
      same(lock.token, token);
      same(await stage.values(), stage.each(lock.value));
      same(await stage.fences(), stage.each(token), "after two nodes had lost it");
      same(await lock.unlock(), "released");
      grow([token, await tokenFrom(stage.mutex(fenced))]);
    },
  ),

  happily(3, "neither extend() nor a repair sets a fence back that is further", async (stage) => {
    const lock = await stage.mutex(fenced).lock();
    const far = await moveAhead(stage, stage.all);
    await stage.forget([1]);
    await lock.extend();
    await stage.settled();
    same(await stage.values(), stage.each(lock.value));
    same(await stage.fences(), stage.each(far));
    await lock.unlock();
  }),

  ...overEach([1, 3], "tokens grow over attempts that failed, and that were aborted", async (stage) => {
    const mutex = stage.timed({ ...brisk, ...fenced, tries: 1 });
    const tokens = [await tokenFrom(mutex)];
    const minority = stage.all.slice(0, Math.ceil(stage.nodes.length / 2) - 1);
    await stage.takenByOther(stage.all.slice(minority.length));
    same(await mutex.tryLock(), null);
    await stage.forget();
    tokens.push(await tokenFrom(mutex));

    const held = gate();
    const mending = stage.nodes.map(({ inject }) => inject(held.reply, calling("acquire")));
    const controller = new AbortController();
    const aborted = rejection(mutex.lock({ signal: controller.signal }));
    await held.reached;
    controller.abort();
    await aborted;
    for (const mend of mending) mend();
    await held.release();
    await stage.settled();
    tokens.push(await tokenFrom(mutex));

    const late = gate();
    const ending = stage.nodes.map(({ inject }) => inject(late.delivery, first(calling("acquire"))));
    const failing = rejection(mutex.lock());
    await stage.clock.advance(DEADLINE);
    isA(await failing, LockFailedError);
    for (const end of ending) end();
    await late.release();
    await stage.hasNoKeyLeft();
    tokens.push(await tokenFrom(mutex));
    grow(tokens);
  }),

  happily(1, "tokens grow over an expiry, and over a holder without fencing", async (stage) => {
    const tokens = [tokenOf(await stage.mutex(fenced).lock())];
    await stage.raw(0, "PEXPIRE", stage.name, "20");
    const waiting = stage.mutex({ tries: Number.POSITIVE_INFINITY });
    same(await (await waiting.lock()).unlock(), "released");
    tokens.push(await tokenFrom(stage.mutex(fenced)));
    await stage.raw(0, "SET", stage.name, "Go", "PX", "20");
    tokens.push(await tokenFrom(stage.mutex({ ...fenced, tries: Number.POSITIVE_INFINITY })));
    grow(tokens);
  }),

  over(3, "tokens grow over nodes that are down, one after the other", async (stage) => {
    const tokens: number[] = [];
    const clocks = [3 * MINUTE, -3 * MINUTE, 0, MINUTE];
    for (const [turn, ahead] of [...clocks, ...clocks].entries()) {
      const mend = stage.at(turn % 3).inject(connectionCut, calling("acquire"));
      tokens.push(await tokenFrom(atClock(stage, ahead)));
      mend();
    }
    grow(tokens);
  }),

  over(3, "tokens grow where a node forgets all, and others have the fence", async (stage) => {
    const tokens = [await moveAhead(stage, stage.all)];
    for (const node of [0, 1, 2]) {
      await stage.forget([node], fenceOf(stage.name));
      tokens.push(await tokenFrom(stage.mutex(fenced)));
    }
    grow(tokens);
  }),

  ...happilyEach(
    [1, 3],
    "tokens grow among clients whose clocks are minutes apart, and stay within a second of the nodes'",
    async (stage) => {
      const mutexes = [0, 3 * MINUTE, -3 * MINUTE, 5 * MINUTE].map((ahead) => atClock(stage, ahead));
      const tokens: number[] = [];
      for (const mutex of [...mutexes, ...mutexes.reverse()]) {
        const before = microseconds();
        const token = await tokenFrom(mutex);
        ok(
          token > before - 5_000_000 && token < microseconds() + 5_000_000,
          `it is near the time: ${token}, ${before}`,
        );
        tokens.push(token);
      }
      grow(tokens);
    },
  ),

  happily(
    1,
    "a node keeps a proposal to within a second of its own clock, and to more than it has stored",
    async (stage) => {
      const acquire = (token: number) =>
        stage.raw(
          0,
          ...callOf(
            { operation: "acquire", name: stage.name, value: "value", fence: fenceOf(stage.name) },
            20_000,
            token,
            20_000,
          ),
        );
      const near = async (token: number, expected: number) => {
        const before = microseconds();
        const stored = Number(await acquire(token)) - expected;
        ok(
          stored > before - 700_000 && stored < microseconds() + 700_000,
          `${stored - before} microseconds after it was asked`,
        );
      };
      await near(1, -1_000_000);
      await stage.forget([0], fenceOf(stage.name));
      await near(microseconds(), 0);
      await near(2 ** 53 - 1, 1_000_000);
      const [stored = 0] = await stage.fences();
      same(await acquire(1), stored + 1);
      const far = await moveAhead(stage, [0]);
      same([await acquire(2 ** 53 - 1), await acquire(1)], [far + 1, far + 2]);
    },
  ),

  over(3, "an acquire that a client sends twice has a token that a quorum stores", async (stage) => {
    stage.at(0).inject(deliveredTwice, first(calling("acquire")));
    const lock = await stage.mutex(fenced).lock();
    const token = tokenOf(lock);
    ok((await storing(stage, token)) >= 2, "a quorum stores it");
    same(await lock.unlock(), "released");
    grow([token, await tokenFrom(stage.mutex(fenced))]);
  }),
];

import type { Mutex } from "@redsync/core";
import { ok, same } from "../assert.ts";
import { deliveredTwice } from "../fixture/faults.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { fenceOf } from "../fixture/keys.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import { callOf } from "../fixture/questions.ts";
import type { Case } from "../harness.ts";
import { fenced, grow, microseconds, moveAhead, storing, tokenFrom, tokenOf } from "../tokens.ts";

/** Tokens that grow with every holder. */
export const fencing: readonly Case[] = [
  ...lockCase(
    "every holder's token is larger than the one before, whoever they are, and an exact number near the time",
    { nodes: [1, 3] },
    async (fixture) => {
      const mutexes = [fixture.mutex(fenced), fixture.rival(fenced)];
      const tokens: number[] = [];
      for (let turn = 0; turn < 6; turn++) {
        const before = microseconds();
        const lock = await (mutexes[turn % 2] as Mutex).lock();
        const token = tokenOf(lock);
        ok(token > before - 5_000_000 && token < microseconds() + 5_000_000, `it is near the time: ${token}`);
        same(await fixture.keys.fences(), fixture.each(token), "what the nodes store");
        tokens.push(token);
        same(await lock.unlock(), "released");
      }
      grow(tokens);
      await fixture.hasNoKeyLeft();
      same(await fixture.keys.fences(), fixture.each(tokens.at(-1)), "the fence stays");
    },
  ),

  ...lockCase("there is no token and no fence without fencing", { nodes: 1 }, async (fixture) => {
    const lock = await fixture.mutex().lock();
    await lock.extend();
    same(lock.token, undefined);
    same(await lock.unlock(), "released");
    same(await fixture.keys.fences(), [0]);
  }),

  ...lockCase(
    "a pair with fencing sends two commands to every node if the nodes agree",
    { nodes: 3 },
    async (fixture) => {
      const mutex = fixture.mutex(fenced);
      for (const agree of ["by the time", "by what they store"]) {
        if (agree !== "by the time") await moveAhead(fixture);
        for (let pair = 1; pair <= 5; pair++) {
          const before = countOfCommands(fixture.nodes);
          const start = performance.now();
          const lock = await mutex.lock();
          // A node that took a second to answer has another time than the others.
          if (agree === "by the time" && performance.now() - start > 900) await lock.unlock();
          else {
            same(await lock.unlock(), "released");
            await fixture.settled();
            same(
              countOfCommands(fixture.nodes) - before,
              2 * fixture.nodes.length,
              `the commands of pair ${pair}, ${agree}`,
            );
          }
        }
      }
    },
  ),

  ...lockCase(
    "extend() keeps the token, and restores it if a node lost its fence, or its key too",
    { nodes: 3 },
    async (fixture) => {
      const lock = await fixture.mutex(fenced).lock();
      const token = tokenOf(lock);
      await lock.extend();
      same(lock.token, token);
      same(await fixture.keys.fences(), fixture.each(token), "after an extension");
      await fixture.tampering.forget({ nodes: [0], name: fenceOf(fixture.name) });
      for (const key of [fixture.name, fenceOf(fixture.name)])
        await fixture.tampering.forget({ nodes: [1], name: key });
      await lock.extend();
      await fixture.settled();
      same(lock.token, token);
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await fixture.keys.fences(), fixture.each(token), "after two nodes had lost it");
      same(await lock.unlock(), "released");
      grow([token, await tokenFrom(fixture.mutex(fenced))]);
    },
  ),

  ...lockCase(
    "neither extend() nor a repair sets a fence back that is further",
    { nodes: 3 },
    async (fixture) => {
      const lock = await fixture.mutex(fenced).lock();
      const far = await moveAhead(fixture);
      await fixture.tampering.forget({ nodes: [1] });
      await lock.extend();
      await fixture.settled();
      same(await fixture.keys.values(), fixture.each(lock.value));
      same(await fixture.keys.fences(), fixture.each(far));
      await lock.unlock();
    },
  ),

  ...lockCase(
    "a node keeps a proposal to within a second of its own clock, and to more than it has stored",
    { nodes: 1 },
    async (fixture) => {
      const acquire = async (token: number) => {
        const reply = await fixture.tampering.send(
          0,
          ...callOf(
            { operation: "acquire", name: fixture.name, value: "value", fence: fenceOf(fixture.name) },
            20_000,
            token,
            20_000,
          ),
        );
        ok(Array.isArray(reply) && reply.length === 1, "one answer to one question");
        return Number(reply[0]);
      };
      const near = async (token: number, expected: number) => {
        const before = microseconds();
        const stored = (await acquire(token)) - expected;
        ok(
          stored > before - 700_000 && stored < microseconds() + 700_000,
          `${stored - before} microseconds after it was asked`,
        );
      };
      await near(1, -1_000_000);
      await fixture.tampering.forget({ nodes: [0], name: fenceOf(fixture.name) });
      await near(microseconds(), 0);
      await near(2 ** 53 - 1, 1_000_000);
      const [stored = 0] = await fixture.keys.fences();
      same(await acquire(1), stored + 1);
      const far = await moveAhead(fixture, { nodes: [0] });
      same([await acquire(2 ** 53 - 1), await acquire(1)], [far + 1, far + 2]);
    },
  ),

  ...lockCase(
    "an acquire that a client sends twice has a token that a quorum stores",
    { nodes: 3, faults: true },
    async (fixture) => {
      fixture.at(0).inject(deliveredTwice, first(calling("acquire")));
      const lock = await fixture.mutex(fenced).lock();
      const token = tokenOf(lock);
      ok((await storing(fixture, token)) >= 2, "a quorum stores it");
      same(await lock.unlock(), "released");
      grow([token, await tokenFrom(fixture.mutex(fenced))]);
    },
  ),
];

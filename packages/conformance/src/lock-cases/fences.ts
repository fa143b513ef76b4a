import { LockFailedError } from "@redsync/core";
import { isA, matches, ok, rejection, same, thrown, until } from "../assert.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { fenceOf } from "../fixture/keys.ts";
import { lockCase } from "../fixture/lock-case.ts";
import type { Case } from "../harness.ts";
import { fenced, grow, MINUTE, microseconds, tokenFrom, tokenOf } from "../tokens.ts";

/** The keys in which nodes remember the last token of a name. */
export const fences: readonly Case[] = [
  ...lockCase(
    "a fence that is no number, or the last one, refuses the lock, says so, and leaves no key",
    { nodes: [1, 3] },
    async (fixture) => {
      const fence = fenceOf(fixture.name);
      for (const [command, word] of [
        [["SET", fence, "apple"], "ERR"],
        [["SET", fence, "nan"], "ERR"],
        [["SET", fence, "9007199254740991"], "ERR"],
        [["SET", fence, "1e17"], "ERR"],
        [["RPUSH", fence, "item"], "WRONGTYPE"],
      ] as const) {
        await fixture.tampering.forget({ name: fence });
        await Promise.all(
          fixture.nodes.map((_, node) =>
            fixture.tampering.send(node, ...(command as readonly [string, ...string[]])),
          ),
        );
        const error = await rejection(fixture.mutex({ ...fenced, tries: 1 }).lock());
        isA(error, LockFailedError);
        same(
          error.outcomes.map(({ status }) => status),
          fixture.each("failed"),
        );
        matches(error.message, new RegExp(`node 0: refused: -?${word} `));
        await fixture.hasNoKeyLeft();
      }
    },
  ),

  ...lockCase(
    "the fence of a name is {name}:fence, or name:fence if the name has a hash tag",
    { nodes: 1 },
    async (fixture) => {
      const unique = crypto.randomUUID();
      for (const [name, fence] of [
        [unique, `{${unique}}:fence`],
        [`{${unique}}`, `{${unique}}:fence`],
        [`a{${unique}}b{c}`, `a{${unique}}b{c}:fence`],
        [`{${unique}`, `{{${unique}}:fence`],
      ] as const) {
        const lock = await fixture.redsync().mutex(name, fenced).lock();
        same((await fixture.keys.values(fence)).map(Number), [lock.token], `the fence of ${name}`);
        same(await lock.unlock(), "released");
        await fixture.settled();
        same(await fixture.keys.values(name), [null]);
        await fixture.tampering.forget({ nodes: [0], name: fence });
      }
    },
  ),

  ...lockCase(
    "refuses names whose fence would lie in another slot, or that could be a fence",
    { nodes: 1 },
    async (fixture) => {
      const redsync = fixture.redsync();
      for (const name of ["a:fence", "{a}:fence", "{}a", "a{}b", "a}b", "}a{", "a{}{b}", "}{a}{"]) {
        const isFine = name === "}{a}{";
        if (isFine) redsync.mutex(name, fenced);
        else {
          const error = thrown(() => redsync.mutex(name, fenced));
          isA(error, RangeError);
          ok(error.message.startsWith("fencing: ") && error.message.includes(name), error.message);
          redsync.mutex(name);
        }
      }
      same(countOfCommands(fixture.nodes), 0);
    },
  ),

  ...lockCase(
    "a fence is kept for fenceRetention since the lock was last taken or extended",
    { nodes: 1 },
    async (fixture) => {
      const fence = fenceOf(fixture.name);
      const isKept = (ms: number, since: number) => fixture.keys.haveTtl(ms, since, fence);
      let since = performance.now();
      const lock = await fixture.mutex({ ...fenced, fenceRetention: 60_000 }).lock();
      await isKept(60_000, since);
      await fixture.tampering.expireIn(30_000, { name: fence });
      since = performance.now();
      await lock.extend();
      await isKept(60_000, since);
      await lock.unlock();
      await isKept(60_000, since);
      since = performance.now();
      await (await fixture.mutex(fenced).lock()).unlock();
      await isKept(7 * 24 * 60 * MINUTE, since);
    },
  ),

  ...lockCase(
    "an absurd fence is its node's failure, and raises nothing",
    { nodes: 3, faults: true },
    async (fixture) => {
      const absurd = 2 ** 53 - 100;
      await fixture.tampering.send(0, "SET", fenceOf(fixture.name), `${absurd}`);
      const tokens: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const lock = await fixture.mutex(fenced).lock();
        tokens.push(tokenOf(lock));
        same((await fixture.keys.values())[0], null, "the node's vote");
        await lock.extend();
        same((await fixture.keys.fences())[0], absurd, "the fence of that node");
        same(await lock.unlock(), "released");
        await fixture.settled();
      }
      grow(tokens);
      for (const token of tokens) ok(token < microseconds() + MINUTE * 1_000, `near the time: ${token}`);
      await fixture.tampering.send(1, "SET", fenceOf(fixture.name), `${absurd}`);
      const error = await rejection(fixture.mutex({ ...fenced, tries: Number.POSITIVE_INFINITY }).lock());
      isA(error, LockFailedError);
      matches(error.message, /node 0: refused: -?ERR the fence is more than ten years ahead of the clock/);
      await fixture.tampering.forget({ nodes: [0, 1], name: fenceOf(fixture.name) });
      // One node alone remembers the last token now, and is waited for.
      grow([...tokens, await tokenFrom(fixture.mutex({ ...fenced, failFast: false }))]);
    },
  ),

  ...lockCase(
    "a fence whose time has passed begins again at the time, which is more",
    { nodes: 1, faults: true },
    async (fixture) => {
      const first = await tokenFrom(fixture.mutex(fenced));
      await fixture.tampering.expireIn(1, { name: fenceOf(fixture.name) });
      await until("the fence is gone", async () => (await fixture.keys.fences())[0] === 0);
      grow([first, await tokenFrom(fixture.mutex(fenced))]);
    },
  ),
];

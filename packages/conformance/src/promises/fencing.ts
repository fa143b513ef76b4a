import { type Lock, LockFailedError, type Mutex, type MutexOptions, script } from "@redsync/core";
import { isA, matches, ok, rejection, same, thrown, until } from "../assert.ts";
import { BentClock } from "../bent-clock.ts";
import { connectionCut, deliveredTwice, type Fault, first, gate } from "../faults.ts";
import type { Case } from "../harness.ts";
import {
  brief,
  brisk,
  calling,
  calm,
  fenceOf,
  happily,
  happilyEach,
  OTHER,
  over,
  overEach,
  type Stage,
} from "../stage.ts";

const MINUTE = 60_000;

const fenced = { fencing: true } as const;

/** The present in microseconds, which is what tokens are near to. */
const microseconds = () => Date.now() * 1_000;

function tokenOf({ token }: Lock): number {
  ok(typeof token === "number" && Number.isSafeInteger(token), `the token is an exact number: ${token}`);
  return token;
}

/** Holds where every token is larger than the one before it. */
function grow(tokens: readonly number[]): void {
  for (const [index, token] of tokens.entries())
    ok(index === 0 || token > (tokens[index - 1] as number), `the tokens grow: ${tokens}`);
}

/** The token of a holder that comes and goes. */
async function tokenFrom(mutex: Mutex): Promise<number> {
  const lock = await mutex.lock();
  const token = tokenOf(lock);
  same(await lock.unlock(), "released");
  return token;
}

/** Moves the fence far ahead on these nodes; returns what it says there then. */
async function moveAhead(stage: Stage, nodes: readonly number[], name: string = stage.name): Promise<number> {
  const far = microseconds() + 10 * MINUTE * 1_000;
  await Promise.all(nodes.map((node) => stage.about(name, node, "SET", fenceOf(name), `${far}`)));
  return far;
}

/** How many nodes have at least this in their fence. */
async function storing(stage: Stage, token: number): Promise<number> {
  return (await stage.fences()).filter((stored) => stored >= token).length;
}

/** A mutex on a machine whose wall clock is wrong. */
function atClock(stage: Stage, ahead: number, options: MutexOptions = {}): Mutex {
  const clock = new BentClock();
  clock.ahead = ahead;
  return stage.redsync({ ...calm, ...fenced, ...options }, clock).mutex(stage.name);
}

/** Tokens that grow with every holder. */
export const fencing: readonly Case[] = [
  ...happilyEach(
    [1, 3],
    "every holder's token is larger than the one before, whoever they are, and an exact number near the time",
    async (stage) => {
      const mutexes = [stage.mutex(fenced), stage.rival(fenced)];
      const tokens: number[] = [];
      for (let turn = 0; turn < 6; turn++) {
        const lock = await (mutexes[turn % 2] as Mutex).lock();
        const token = tokenOf(lock);
        ok(Math.abs(token - microseconds()) < 5_000_000, `it is near the time: ${token}`);
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
    for (let pair = 1; pair <= 10; pair++) {
      same(await (await mutex.lock()).unlock(), "released");
      same(stage.sent, 2 * pair * stage.nodes.length, `the commands of ${pair} pairs`);
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

  over(3, "where the nodes differ, a quorum stores the token before lock() resolves", async (stage) => {
    const far = await moveAhead(stage, [0]);
    // Late enough to be missed by a lock() that does not wait for it.
    const raising = gate();
    for (const node of [1, 2]) stage.at(node).inject(raising.delivery, calling("extend"));
    let isLocked = false;
    const locking = stage.mutex(fenced).lock();
    void locking.then(() => {
      isLocked = true;
    });
    await raising.reached;
    same(
      [await storing(stage, far + 1), isLocked],
      [1, false],
      "nodes that store it, and whether it is locked",
    );
    await raising.release();
    const lock = await locking;
    same(lock.token, far + 1);
    same(await stage.fences(), stage.each(far + 1));
    same(stage.sent, 5, "commands: an acquire for each, a raise for those that stored less");
    same(await lock.unlock(), "released");
    grow([far + 1, await tokenFrom(stage.mutex(fenced))]);
  }),

  happily(3, "where a quorum agrees on the largest, nobody is raised", async (stage) => {
    const far = await moveAhead(stage, [0, 2]);
    const lock = await stage.mutex(fenced).lock();
    same([lock.token, stage.sent], [far + 1, 3], "the token, and the commands");
    same(await storing(stage, far + 1), 2);
    await lock.unlock();
  }),

  over(3, "a raise that a quorum with the granting nodes confirmed is enough", async (stage) => {
    const far = await moveAhead(stage, [0]);
    stage.at(2).inject(connectionCut, calling("extend"));
    const lock = await stage.mutex(fenced).lock();
    same(lock.token, far + 1);
    same(await storing(stage, far + 1), 2);
    same(await lock.unlock(), "released");
  }),

  over(3, "a raise that fails is LockFailedError, and leaves no key", async (stage) => {
    const far = await moveAhead(stage, [0]);
    const mending = [1, 2].map((node) => stage.at(node).inject(connectionCut, calling("extend")));
    const error = await rejection(stage.mutex({ ...fenced, tries: 2 }).lock());
    isA(error, LockFailedError);
    same(
      error.outcomes.map(({ status }) => status),
      ["granted", "unknown", "unknown"],
    );
    await stage.hasNoKeyLeft();
    for (const mend of mending) mend();
    grow([far, await tokenFrom(stage.mutex(fenced))]);
  }),

  over(3, "a raise that hangs ends at its deadline, and leaves no key", async (stage) => {
    await moveAhead(stage, [0]);
    const stuck = gate();
    for (const node of [1, 2]) stage.at(node).inject(stuck.delivery, calling("extend"));
    isA(await rejection(stage.mutex({ ...brisk, ...fenced, tries: 1 }).lock()), LockFailedError);
    await stuck.release();
    await stage.hasNoKeyLeft();
  }),

  over(3, "an abort during the raise rejects with the reason, and leaves no key", async (stage) => {
    const reason = { because: "the user closed the page" };
    await moveAhead(stage, [0]);
    const held = gate();
    for (const node of [1, 2]) stage.at(node).inject(held.reply, calling("extend"));
    const controller = new AbortController();
    const locking = rejection(stage.mutex(fenced).lock({ signal: controller.signal }));
    await held.reached;
    controller.abort(reason);
    ok((await locking) === reason, "it rejects with the signal's reason");
    await held.release();
    await stage.hasNoKeyLeft();
  }),

  over(3, "a raise touches no fence where somebody else's value sits by then", async (stage) => {
    const far = await moveAhead(stage, [0]);
    const overtaken: Fault = async (deliver) => {
      await stage.takenByOther([1, 2]);
      return deliver();
    };
    for (const node of [1, 2]) stage.at(node).inject(overtaken, calling("extend"));
    isA(await rejection(stage.mutex({ ...fenced, tries: 1 }).lock()), Error);
    await stage.settled();
    same(await stage.values(), [null, OTHER, OTHER]);
    same(await storing(stage, far), 1);
  }),

  ...overEach([1, 3], "tokens grow over attempts that failed, and that were aborted", async (stage) => {
    const mutex = stage.mutex({ ...brisk, ...fenced, tries: 1 });
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
    isA(await rejection(mutex.lock()), LockFailedError);
    for (const end of ending) end();
    await late.release();
    await stage.hasNoKeyLeft();
    tokens.push(await tokenFrom(mutex));
    grow(tokens);
  }),

  happily(1, "tokens grow over an expiry, and over a holder without fencing", async (stage) => {
    const tokens = [tokenOf(await stage.mutex({ ...brief, ...fenced }).lock())];
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
      for (const mutex of [...mutexes, ...mutexes.reverse()]) tokens.push(await tokenFrom(mutex));
      grow(tokens);
      const off = Math.max(...tokens.map((token) => Math.abs(token - microseconds())));
      ok(off < 5_000_000, `the furthest is ${off} microseconds off`);
    },
  ),

  happily(
    1,
    "a node keeps a proposal to within a second of its own clock, and to more than it has stored",
    async (stage) => {
      const acquire = (token: number) =>
        stage.raw(
          0,
          "EVAL",
          script.lua,
          "2",
          stage.name,
          fenceOf(stage.name),
          "value",
          "acquire",
          "20000",
          `${token}`,
          "20000",
        );
      const near = async (token: number, expected: number) => {
        const off = Number(await acquire(token)) - (microseconds() + expected);
        ok(Math.abs(off) < 700_000, `${off} microseconds off`);
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

  ...happilyEach(
    [1, 3],
    "a fence that is no number, or the last one, refuses the lock, says so, and leaves no key",
    async (stage) => {
      const fence = fenceOf(stage.name);
      for (const [command, word] of [
        [["SET", fence, "apple"], "ERR"],
        [["SET", fence, "nan"], "ERR"],
        [["SET", fence, "9007199254740991"], "ERR"],
        [["SET", fence, "1e17"], "ERR"],
        [["RPUSH", fence, "item"], "WRONGTYPE"],
      ] as const) {
        await stage.forget(stage.all, fence);
        await Promise.all(
          stage.all.map((node) => stage.raw(node, ...(command as readonly [string, ...string[]]))),
        );
        const error = await rejection(stage.mutex({ ...fenced, tries: 1 }).lock());
        isA(error, LockFailedError);
        same(
          error.outcomes.map(({ status }) => status),
          stage.each("failed"),
        );
        matches(error.message, new RegExp(`node 0: refused: -?${word} `));
        await stage.hasNoKeyLeft();
      }
    },
  ),

  happily(
    1,
    "the fence of a name is {name}:fence, or name:fence where the name has a hash tag",
    async (stage) => {
      const unique = crypto.randomUUID();
      for (const [name, fence] of [
        [unique, `{${unique}}:fence`],
        [`{${unique}}`, `{${unique}}:fence`],
        [`a{${unique}}b{c}`, `a{${unique}}b{c}:fence`],
        [`{${unique}`, `{{${unique}}:fence`],
      ] as const) {
        const lock = await stage.redsync().mutex(name, fenced).lock();
        same((await stage.values(fence)).map(Number), [lock.token], `the fence of ${name}`);
        same(await lock.unlock(), "released");
        await stage.settled();
        same(await stage.values(name), [null]);
        await stage.forget([0], fence);
      }
    },
  ),

  happily(
    1,
    "names whose fence would lie in another slot, or that could be a fence, are refused",
    async (stage) => {
      const redsync = stage.redsync();
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
      same(stage.sent, 0);
    },
  ),

  happily(
    1,
    "a fence is kept for fenceRetention since the lock was last taken or extended",
    async (stage) => {
      const fence = fenceOf(stage.name);
      const ttl = async () => (await stage.ttls(fence))[0] ?? 0;
      const isFull = (ms: number, most: number) =>
        ok(ms > most - 10_000 && ms <= most, `the fence's TTL is ${ms}`);
      const lock = await stage.mutex({ ...fenced, fenceRetention: 60_000 }).lock();
      isFull(await ttl(), 60_000);
      await stage.raw(0, "PEXPIRE", fence, "30000");
      await lock.extend();
      isFull(await ttl(), 60_000);
      await lock.unlock();
      isFull(await ttl(), 60_000);
      await (await stage.mutex(fenced).lock()).unlock();
      isFull(await ttl(), 7 * 24 * 60 * MINUTE);
    },
  ),

  over(1, "a fence whose time has passed begins again at the time, which is more", async (stage) => {
    const first = await tokenFrom(stage.mutex(fenced));
    await stage.raw(0, "PEXPIRE", fenceOf(stage.name), "1");
    await until("the fence is gone", async () => (await stage.fences())[0] === 0);
    grow([first, await tokenFrom(stage.mutex(fenced))]);
  }),
];

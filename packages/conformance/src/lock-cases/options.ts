import { type Mutex, type MutexOptions, type RedisNode, Redsync } from "@redsync/core";
import { isA, matches, rejection, same, thrown } from "../assert.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import type { Case } from "../harness.ts";

type Wrong = readonly [type: new (message: string) => Error, named: RegExp, options: object];

const ofType = (option: keyof MutexOptions, ...values: unknown[]): Wrong[] =>
  values.map((value) => [TypeError, new RegExp(option), { [option]: value }]);
const ofRange = (option: keyof MutexOptions, ...values: unknown[]): Wrong[] =>
  values.map((value) => [RangeError, new RegExp(option), { [option]: value }]);

const wrongOptions: readonly Wrong[] = [
  ...ofType("expiry", "8000", null, 8000n, {}),
  ...ofRange("expiry", 8, 30, 99, 0, -1, 99.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31),
  ...ofType("tries", "3", null),
  ...ofRange("tries", 0, -1, 1.5, Number.NaN),
  ...ofType("retryDelay", "50", null, []),
  ...ofRange("retryDelay", -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 31 - 0.5),
  ...ofType("driftFactor", "0.01", null),
  ...ofRange("driftFactor", 1, -0.01, Number.NaN),
  ...ofType("timeoutFactor", "0.05", null),
  ...ofRange("timeoutFactor", 1, -0.01, Number.NaN),
  ...ofType("generateValue", "value", null),
  ...ofType("failFast", 1, "true", null),
  ...ofType("shuffleNodes", 1, null),
  ...ofType("setNXOnExtend", 1, null),
  ...ofType("autoExtend", 1, null),
  ...ofType("maxHold", "5000", null),
  ...ofRange("maxHold", 9, -1, Number.NaN),
  ...ofType("fencing", 1, null),
  ...ofType("fenceRetention", "8000", null),
  ...ofRange("fenceRetention", 99, 100.5, Number.POSITIVE_INFINITY, 2 ** 31),
  [RangeError, /fenceRetention/, { fencing: true, expiry: 8_000, fenceRetention: 7_999 }],
  ...ofType("onEvent", {}, null),
  ...ofType("waitUntil", {}, Promise.resolve(), null),
  [RangeError, /driftFactor/, { expiry: 100, driftFactor: 0.98 }],
  [RangeError, /expiry must be an integer of milliseconds from 100 to 2147483647, not 8$/, { expiry: 8 }],
  [RangeError, /maxHold must be a number of milliseconds from 10 to Infinity, not 5$/, { maxHold: 5 }],
  [TypeError, /expire\b/, { expire: 8_000 }],
  [TypeError, /timeout belongs elsewhere, as in mutex\.lock\(\{ timeout \}\)/, { timeout: 5_000 }],
  [TypeError, /signal belongs elsewhere, as in mutex\.lock\(\{ signal \}\)/, { signal: undefined }],
  [TypeError, /token belongs elsewhere, as in mutex\.adopt\(value, \{ token \}\)/, { token: 1 }],
  [TypeError, /options must be an object, not string/, "8 s" as unknown as object],
  [TypeError, /options/, []],
];

const wrongNames: readonly (readonly [new (message: string) => Error, unknown, named?: RegExp])[] = [
  [RangeError, ""],
  [RangeError, "\uD800"],
  [RangeError, "half of a pair: \uDC00."],
  [TypeError, undefined],
  [TypeError, null],
  [TypeError, 42],
  [TypeError, {}],
  [RangeError, [], /at least one name/],
  [RangeError, ["a", ""], /name 1 /],
  [RangeError, ["\uD800", "b"], /name 0 /],
  [TypeError, ["a", "b", 42], /name 2 /],
  [TypeError, [["a"]], /name 0 /],
];

type WrongCall = readonly [new (message: string) => Error, RegExp, (mutex: Mutex) => Promise<unknown>];

const wrongCalls: readonly WrongCall[] = [
  [RangeError, /timeout/, (mutex) => mutex.lock({ timeout: -1 })],
  [RangeError, /timeout/, (mutex) => mutex.lock({ timeout: Number.NaN })],
  [RangeError, /timeout/, (mutex) => mutex.lock({ timeout: 2 ** 31 })],
  [RangeError, /timeout/, (mutex) => mutex.lock({ timeout: 2 ** 31 - 0.5 })],
  [
    RangeError,
    /timeout must be finite: .*tries to Infinity/,
    (mutex) => mutex.lock({ timeout: Number.POSITIVE_INFINITY }),
  ],
  [TypeError, /timeout/, (mutex) => mutex.lock({ timeout: "1s" as unknown as number })],
  [
    TypeError,
    /signal must be an AbortSignal, not object/,
    (mutex) => mutex.lock({ signal: {} as AbortSignal }),
  ],
  [
    TypeError,
    /signal/,
    (mutex) => mutex.tryLock({ signal: new AbortController() as unknown as AbortSignal }),
  ],
  [TypeError, /waitUntil/, (mutex) => mutex.lock({ waitUntil: 1 as unknown as () => void })],
  [
    TypeError,
    /timeout belongs elsewhere, as in mutex\.lock\(/,
    (mutex) => mutex.tryLock({ timeout: 5 } as object),
  ],
  [
    TypeError,
    /expiry belongs elsewhere, as in redsync\.mutex\(name, \{ expiry \}\)/,
    (mutex) => mutex.lock({ expiry: 5_000 } as object),
  ],
  [TypeError, /options must be an object, not null/, (mutex) => mutex.lock(null as unknown as object)],
  [TypeError, /as in { timeout: 5000 }, not number/, (mutex) => mutex.lock(5_000 as unknown as object)],
  [TypeError, /as in .*{ expiry: 5000 }\), not/, (mutex) => mutex.tryLock(5_000 as unknown as object)],
  [RangeError, /value/, (mutex) => mutex.adopt("")],
  [RangeError, /value/, (mutex) => mutex.adopt("\uDC00")],
  [TypeError, /value/, (mutex) => mutex.adopt(42 as unknown as string)],
];

function fails(run: () => unknown, type: new (message: string) => Error, named: RegExp): void {
  const error = thrown(run);
  isA(error, type);
  matches(error.message, named);
}

/** Wrong arguments: refused by name, before any command is sent. */
export const options: readonly Case[] = [
  ...lockCase(
    "a wrong option throws a TypeError or RangeError that names it",
    { nodes: 1 },
    async (fixture) => {
      const { node } = fixture.at(0);
      for (const [type, named, wrong] of wrongOptions) {
        fails(() => new Redsync(node, wrong), type, named);
        fails(() => fixture.redsync().mutex(fixture.name, wrong), type, named);
      }
      same(countOfCommands(fixture.nodes), 0);
    },
  ),

  ...lockCase("options that only together leave no validity are refused", { nodes: 1 }, async (fixture) => {
    const redsync = fixture.redsync({ expiry: 10_000, driftFactor: 0.9 });
    fails(() => redsync.mutex(fixture.name, { expiry: 100, driftFactor: 0.98 }), RangeError, /driftFactor/);
    same(countOfCommands(fixture.nodes), 0);
  }),

  ...lockCase("a wrong name throws a TypeError or RangeError that says so", { nodes: 1 }, async (fixture) => {
    const redsync = fixture.redsync();
    for (const [type, name, named = /name/] of wrongNames)
      fails(() => redsync.mutex(name as string), type, named);
    same(countOfCommands(fixture.nodes), 0);
  }),

  ...lockCase(
    "a wrong argument of a call rejects with a TypeError or RangeError that names it",
    { nodes: 1 },
    async (fixture) => {
      const mutex = fixture.mutex();
      for (const [type, named, call] of wrongCalls) {
        const error = await rejection(call(mutex));
        isA(error, type);
        matches(error.message, named);
      }
      same(countOfCommands(fixture.nodes), 0);
      const lock = await mutex.lock();
      const error = await rejection(lock.unlock({ signal: AbortSignal.abort() } as object));
      isA(error, TypeError);
      matches(error.message, /signal/);
      same(await lock.unlock(), "released", "a wrong argument does not use up the unlock");
    },
  ),

  ...lockCase(
    "a Redsync of what is no node, of none, or of one node or client twice throws",
    { nodes: 1 },
    async (fixture) => {
      const { node } = fixture.at(0);
      const client = {};
      const twins: RedisNode[] = [0, 1].map(() => ({ send: node.send, client }));
      const make = (nodes: unknown) => () => new Redsync(nodes as RedisNode[]);
      fails(make([]), RangeError, /at least one node/);
      for (const none of [undefined, null, 42, {}, "redis://localhost"]) {
        fails(make(none), TypeError, /node 0/);
        fails(make([node, none]), TypeError, /node 1/);
      }
      fails(make([node, node]), RangeError, /node 1 is node 0/);
      fails(make(twins), RangeError, /node 1 is node 0/);
      same(countOfCommands(fixture.nodes), 0);
    },
  ),

  ...lockCase("a mutex's options come before the defaults of its Redsync", { nodes: 1 }, async (fixture) => {
    const redsync = fixture.redsync({ expiry: 5_000, timeoutFactor: 0.5 });
    const lock = await redsync.mutex(fixture.name, { expiry: 20_000 }).lock();
    same(
      (await fixture.keys.ttls()).every((ttl) => ttl > 10_000),
      true,
      "the TTL is the mutex's expiry",
    );
    await lock.unlock();
    const byDefault = await redsync.mutex(fixture.name).lock();
    same(
      (await fixture.keys.ttls()).every((ttl) => ttl <= 5_000),
      true,
      "the TTL is the default expiry",
    );
    await byDefault.unlock();
  }),
];

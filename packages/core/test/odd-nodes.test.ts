import { expect, it } from "vitest";
import { LockFailedError, type RedisNode, Redsync } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { OnClock, QueueNode, watched } from "./queue-node.ts";

/** A mutex over a node that is written by hand, in a language without types. */
const mutexOver = (send: () => unknown) =>
  new Redsync({ send } as RedisNode).mutex("odd", { tries: 1, expiry: 60_000 });

/** The deadline of a round is at 3 s. */
const AT_ONCE_MS = 1_000;

it.each<[what: string, send: () => unknown, says: string]>([
  [
    "throws instead of rejecting",
    () => {
      throw new Error("not connected");
    },
    "no answer: not connected",
  ],
  ["rejects with what is no error", () => Promise.reject("gone"), "no answer: gone"],
  [
    "rejects with an error that does not let itself be read",
    () => {
      class Unreadable extends Error {
        override get message(): string {
          throw new Error("no");
        }
      }
      return Promise.reject(new Unreadable());
    },
    "no answer: ",
  ],
  ["returns what is no promise", () => "OK", "unknown reply: string"],
  ["answers with what is no list", async () => 1, "unknown reply: number"],
  ["answers with what is no integer", async () => [1.5], "unknown answer of type number"],
  ["answers with nothing", async () => undefined, "unknown reply: undefined"],
  ["answers less than it is asked", async () => [], "unknown reply: of 0 answers to 1 questions"],
  ["answers more than it is asked", async () => [1, 1], "unknown reply: of 2 answers to 1 questions"],
  ["answers with a list that says nothing", async () => [[]], "unknown answer of type object"],
  ["is taken for nobody knows how many questions", async () => [[1, 5]], "unknown answer of type object"],
])("a node that %s has failed at once, and the error says so", async (_, send, says) => {
  const started = performance.now();
  const error = await mutexOver(send)
    .lock()
    .catch((caught: unknown) => caught);
  expect(performance.now() - started).toBeLessThan(AT_ONCE_MS);
  expect(error).toBeInstanceOf(LockFailedError);
  expect(String(error)).toContain(says);
});

it("a reply that is no promise counts as the reply, and one that resolves twice as one", async () => {
  const lock = await mutexOver(() => [1]).lock();
  expect(await lock.unlock()).toBe("released");
  const twice = {
    // biome-ignore lint/suspicious/noThenProperty: what the test is about
    then(resolve: (reply: number[]) => void) {
      resolve([1]);
      resolve([-1]);
    },
  };
  expect(await (await mutexOver(() => twice).lock()).unlock()).toBe("released");
});

it.each<[what: string, disconnection: () => Error | undefined]>([
  [
    "throws",
    () => {
      throw new Error("not now");
    },
  ],
  ["says nothing", () => undefined],
])("what a client says of its connection decides nothing, also if it %s", async (_, disconnection) => {
  const clock = new HandClock();
  const node: RedisNode = { send: () => new Promise(() => {}), disconnection };
  const mutex = new OnClock([node], { tries: 1 }, clock).mutex("odd");
  const calls = [1, 2].map(() => watched(mutex.lock()));
  await clock.advance(1_000);
  for (const { error } of calls) expect(String(error)).toContain("no answer within");
});

it.each<[what: string, end: unknown]>([
  ["is no function", undefined],
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no"))],
])("a subscription is left, also if what leaves it %s", async (_, end) => {
  const clock = new HandClock();
  const one = new QueueNode(clock).for("mine");
  const redsync = new OnClock([{ ...one, subscribe: async () => end as () => Promise<void> }], {}, clock);
  const held = await redsync.mutex("job").lock();
  const next = watched(redsync.mutex("job").lock());
  await clock.advance(50);
  await held.unlock();
  await clock.advance(50);
  await next.value?.unlock();
  const closing = redsync.close();
  await clock.advance(10);
  await closing;
  expect(clock.timers.size).toBe(0);
});

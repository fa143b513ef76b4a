import { LockTakenError } from "@redsync/core";
import { isA, matches, rejection, same } from "../assert.ts";
import type { Case } from "../harness.ts";
import { questionsOf } from "../questions.ts";
import { happily } from "../stage.ts";

/** The proof of ownership. */
export const values: readonly Case[] = [
  happily(
    3,
    "generateValue is called once for each attempt, and each value goes to every node",
    async (stage) => {
      await stage.takenByOther();
      let calls = 0;
      const generateValue = () => `value ${++calls}`;
      isA(await rejection(stage.mutex({ tries: 4, generateValue }).lock()), LockTakenError);
      same(calls, 4);
      for (const { sent } of stage.nodes) {
        same(
          sent.flatMap(questionsOf).map(({ value }) => value),
          ["value 1", "value 2", "value 3", "value 4"],
        );
      }
    },
  ),

  happily(1, "a lock that is logged or written as JSON does not show its value", async (stage) => {
    const lock = await stage.mutex().lock();
    same(JSON.stringify(lock).includes(lock.value), false);
    same(Object.values(lock).includes(lock.value), false);
    await lock.unlock();
  }),

  happily(1, "generateValue may take its time, and its value is used as it is", async (stage) => {
    const generateValue = async () => "naïve ✓ \u0000 42";
    const lock = await stage.mutex({ generateValue }).lock();
    same(lock.value, "naïve ✓ \u0000 42");
    same(await stage.values(), [lock.value]);
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  happily(1, "a value that generateValue repeats within one lock() is refused", async (stage) => {
    await stage.takenByOther();
    const error = await rejection(stage.mutex({ generateValue: () => "always" }).lock());
    isA(error, RangeError);
    matches(error.message, /generateValue/);
    same(stage.sent, 1);
  }),

  happily(
    1,
    "a value that is empty, no string or not well-formed is refused, and nothing is sent",
    async (stage) => {
      const results = [
        ["", RangeError],
        ["\uD800", RangeError],
        [42, TypeError],
        [undefined, TypeError],
        [null, TypeError],
      ] as const;
      for (const [result, type] of results) {
        const error = await rejection(stage.mutex({ generateValue: () => result as string }).lock());
        isA(error, type);
        matches(error.message, /generateValue/);
      }
      same(stage.sent, 0);
    },
  ),

  happily(1, "what generateValue throws or rejects with is what lock() rejects with", async (stage) => {
    const mishap = new Error("no randomness today");
    const throws = () => {
      throw mishap;
    };
    same(await rejection(stage.mutex({ generateValue: throws }).lock()), mishap);
    same(await rejection(stage.mutex({ generateValue: async () => throws() }).tryLock()), mishap);
    same(stage.sent, 0);
  }),
];

import { LockTakenError } from "@redsync/core";
import { isA, matches, rejection, same } from "../assert.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { questionsOf } from "../fixture/questions.ts";
import type { Case } from "../harness.ts";

/** The proof of ownership. */
export const values: readonly Case[] = [
  ...lockCase(
    "generateValue is called once for each attempt, and each value goes to every node",
    { nodes: 3, polls: true },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      let calls = 0;
      const generateValue = () => `value ${++calls}`;
      isA(await rejection(fixture.mutex({ tries: 4, generateValue }).lock()), LockTakenError);
      same(calls, 4);
      for (const { sent } of fixture.nodes) {
        same(
          sent
            .flatMap(questionsOf)
            .filter(({ operation }) => operation === "acquire")
            .map(({ value }) => value),
          ["value 1", "value 2", "value 3", "value 4"],
        );
      }
    },
  ),

  ...lockCase(
    "a lock does not show its value if it is logged or written as JSON",
    { nodes: 1 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      same(JSON.stringify(lock).includes(lock.value), false);
      same(Object.values(lock).includes(lock.value), false);
      await lock.unlock();
    },
  ),

  ...lockCase(
    "generateValue may take its time, and its value is used as it is",
    { nodes: 1 },
    async (fixture) => {
      const generateValue = async () => "naïve ✓ \u0000 42";
      const lock = await fixture.mutex({ generateValue }).lock();
      same(lock.value, "naïve ✓ \u0000 42");
      same(await fixture.keys.values(), [lock.value]);
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a value that generateValue repeats within one lock() is refused",
    { nodes: 1 },
    async (fixture) => {
      await fixture.tampering.takenByOther();
      const error = await rejection(fixture.mutex({ generateValue: () => "always" }).lock());
      isA(error, RangeError);
      matches(error.message, /generateValue/);
      same(countOfCommands(fixture.nodes), 1);
    },
  ),

  ...lockCase(
    "a value that is empty, no string or not well-formed is refused, and nothing is sent",
    { nodes: 1 },
    async (fixture) => {
      const results = [
        ["", RangeError],
        ["\uD800", RangeError],
        [42, TypeError],
        [undefined, TypeError],
        [null, TypeError],
      ] as const;
      for (const [result, type] of results) {
        const error = await rejection(fixture.mutex({ generateValue: () => result as string }).lock());
        isA(error, type);
        matches(error.message, /generateValue/);
      }
      same(countOfCommands(fixture.nodes), 0);
    },
  ),

  ...lockCase(
    "lock() rejects with what generateValue throws or rejects with",
    { nodes: 1 },
    async (fixture) => {
      const mishap = new Error("no randomness today");
      const throws = () => {
        throw mishap;
      };
      same(await rejection(fixture.mutex({ generateValue: throws }).lock()), mishap);
      same(await rejection(fixture.mutex({ generateValue: async () => throws() }).tryLock()), mishap);
      same(countOfCommands(fixture.nodes), 0);
    },
  ),
];

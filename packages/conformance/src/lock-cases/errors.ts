import { isRedsyncError, type MutexOptions, type RedsyncError } from "@redsync/core";
import { matches, ok, rejection, same, whereIn } from "../assert.ts";
import { type Fault, hung } from "../fixture/faults.ts";
import type { Fixture } from "../fixture/fixture.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { expiry20sRound1s } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

const SECRET = "the-proof-of-ownership";

/** A client that puts the command into its errors, as ioredis (`command.args`) and Upstash (the message) do. */
const talkative: Fault = async () => {
  const args = ["digest", "1", "name", SECRET, "20000"];
  const error = Object.assign(new Error(`OOM command not allowed, command was: ${JSON.stringify(args)}`), {
    command: { name: "evalsha", args },
  });
  throw new Error(`the client gave up on ${args}`, { cause: error });
};

type Failure = readonly [code: string, fail: (fixture: Fixture) => Promise<unknown>];

const secretive = (fixture: Fixture, options: MutexOptions = {}) =>
  fixture.mutex({ tries: 1, generateValue: () => SECRET, ...options });

/** Breaks the next calls of an operation with the client's error, then does it. */
async function broken(
  fixture: Fixture,
  operation: "extend" | "verify" | "release",
  act: "extend" | "verify" | "unlock",
) {
  const lock = await secretive(fixture).lock();
  for (const { inject } of fixture.nodes) inject(talkative, calling(operation));
  return rejection(lock[act]());
}

async function lost(fixture: Fixture, lose: () => Promise<void>) {
  const lock = await secretive(fixture).lock();
  await lose();
  return rejection(lock.extend());
}

const failures: readonly Failure[] = [
  [
    "REDSYNC_LOCK_TAKEN",
    async (fixture) => {
      await fixture.tampering.send(0, "SET", fixture.name, `${SECRET} of another`, "PX", "60000");
      return rejection(secretive(fixture).lock());
    },
  ],
  [
    "REDSYNC_LOCK_FAILED",
    (fixture) => {
      fixture.at(0).inject(talkative);
      return rejection(secretive(fixture).lock());
    },
  ],
  [
    "REDSYNC_LOCK_FAILED",
    (fixture) => {
      fixture.at(0).inject(hung, calling("acquire"));
      const mutex = fixture.timed({ ...expiry20sRound1s, tries: 1, generateValue: () => SECRET });
      return fixture.clock.pass(rejection(mutex.lock()));
    },
  ],
  [
    "REDSYNC_LOCK_FAILED",
    async (fixture) => {
      await fixture.tampering.send(0, "RPUSH", fixture.name, "item");
      return rejection(secretive(fixture).lock());
    },
  ],
  ["REDSYNC_LOCK_FAILED", (fixture) => broken(fixture, "verify", "verify")],
  ["REDSYNC_EXTEND_FAILED", (fixture) => broken(fixture, "extend", "extend")],
  ["REDSYNC_UNLOCK_FAILED", (fixture) => broken(fixture, "release", "unlock")],
  ["REDSYNC_LOCK_LOST", (fixture) => lost(fixture, () => fixture.tampering.forget())],
  ["REDSYNC_LOCK_LOST", (fixture) => lost(fixture, () => fixture.tampering.takenByOther())],
  [
    "REDSYNC_LOCK_LOST",
    async (fixture) => {
      const lock = await secretive(fixture).lock();
      await lock.unlock();
      return rejection(lock.verify());
    },
  ],
];

function ofFailure([code, fail]: Failure, index: number): readonly Case[] {
  const title = `failure ${index + 1}, ${code}, is known by its code and carries the lock's value nowhere`;
  return lockCase(title, { nodes: 1, faults: true }, async (fixture) => {
    const error = await fail(fixture);
    ok(isRedsyncError(error), "it is an error of ours");
    same(error.code, code);
    same(isRedsyncError({ ...error, code }), false, "a plain object is none");
    const foreign: RedsyncError = Object.assign(new Error("of another copy of core"), {
      code,
    }) as RedsyncError;
    ok(isRedsyncError(foreign), "an error of another copy of core is recognised");
    same(whereIn(error, SECRET), undefined, "where the value is found");
    matches(error.message, new RegExp(fixture.name));
  });
}

/** What the errors say. */
export const errors: readonly Case[] = failures.flatMap(ofFailure);

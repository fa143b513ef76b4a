import type { Command, Operation } from "@redsync/core";
import { expect, it } from "vitest";
import { type Asked, ask, askByDigest, entryOf, queueOf, waiterOf } from "./asking.ts";
import { compare, withRedis } from "./compared.ts";
import { sleep } from "./replies.ts";

// Core's script in any order, as many holders, waiters and their late messages would have it run: on memory, which the simulation's
// nodes are too, and on a Redis. Numbered, so that a run can be repeated.

const redis = withRedis();

const PLAYS = 40;
const LENGTH = 60;

const operations: readonly Operation[] = [
  "acquire",
  "acquire",
  "repair",
  "extend",
  "adopt",
  "release",
  "verify",
];
const names = ["a", "b"];
const values = ["@host/one", "two", "three"];
/** Of each kind, those that are heard and those that are not, with their scores: some are equal. */
const waiters = (name: string) => [
  { id: waiterOf("c", "live", 1, 3_000_000, name), at: 0 },
  { id: waiterOf("c", "live", 2, 3_000_000, name), at: 0 },
  { id: waiterOf("c", "live", 3, 3_000_000, name), at: -200_000 },
  { id: waiterOf("c", "dead", 4, 3_000_000, name), at: -100_000 },
  { id: waiterOf("u", "dead", 5, 3_000_000, name), at: 100_000 },
  { id: waiterOf("p", "none", 6, 3_000_000, name), at: 200_000 },
];

/** Tokens so far ahead, by five years, that no clock counts. */
const FAR = (Date.now() + 5 * 365 * 24 * 60 * 60 * 1_000) * 1_000;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function play(seed: number): Command[] {
  const next = numbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const token = () => FAR + Math.floor(next() * 20);
  const question = (): Asked => {
    const name = pick(names);
    const about = { operation: pick(operations), value: pick(values), name, expiry: 3_600_000 };
    const fenced = next() < 0.4 ? about : { ...about, token: token() };
    if (next() < 0.3) return fenced;
    const { id, at } = pick(waiters(name));
    if (about.operation === "release" && next() < 0.3) return { ...fenced, value: id, entry: "" };
    const plus = about.operation === "release" && next() < 0.5 ? "+" : "";
    return { ...fenced, entry: next() < 0.3 ? "" : plus + entryOf(id, at) };
  };
  const call = (): Command[] => {
    const questions = Array.from({ length: 1 + Math.floor(next() * 4) }, question);
    const command = next() < 0.3 ? ask(...questions) : askByDigest(...questions);
    // Without a fence the clock decides on the first token.
    const fences = questions
      .filter(({ operation, token }) => operation === "acquire" && token !== undefined)
      .map(({ name }): Command => ["SET", `{${name}}:fence`, `${token()}`, "NX"]);
    return [...fences, command];
  };
  const tamper = (name: string): Command[] =>
    pick<Command[]>([
      [["DEL", name]],
      [["SET", name, pick(values)]],
      [["DEL", `{${name}}:fence`]],
      [
        ["DEL", name],
        ["RPUSH", name, "item"],
      ],
      [["PEXPIRE", name, "1"], sleep(3)],
      [["DEL", queueOf(name)]],
      [
        ["DEL", queueOf(name)],
        ["RPUSH", queueOf(name), "item"],
      ],
      [["SET", `{${name}}:fence`, pick([`${token()}`, "apple", "9007199254740000"])]],
      [["SCRIPT", "FLUSH"]],
    ]);
  return Array.from({ length: LENGTH }, () => pick(names)).flatMap((name) => {
    const commands = next() < 0.15 ? tamper(name) : call();
    const looks = names.flatMap((each): Command[] => [
      ["GET", each],
      ["GET", `{${each}}:fence`],
      ["PTTL", each],
    ]);
    return [...commands, ...looks];
  });
}

/** In how many plays each was seen. */
const seen = new Map<string, number>();
const kinds: Readonly<Record<string, RegExp>> = {
  done: /^EVAL.* →.* 1;/,
  taken: /^EVAL.* →.* taken, /,
  absent: /^EVAL.* →.* -1;/,
  "an error": /^EVAL.* →.* "(ERR|WRONGTYPE)/,
  "a place behind others": /^EVAL.* →.*, \["@host\/",[1-9]\]/,
  "a reservation": /^GET . → "~/,
  "a value released last": /^queue .*=@host\/one/,
  "a queue of another type": /^queue .*of another type/,
};

it.each(Array.from({ length: PLAYS }, (_, at) => at + 1))(
  "replies as Redis does in play %d",
  async (seed) => {
    const told = await compare(redis.server, redis.listener, play(seed), names);
    for (const [kind, pattern] of Object.entries(kinds))
      if (told.some((line) => pattern.test(line))) seen.set(kind, (seen.get(kind) ?? 0) + 1);
  },
);

it("the plays have come to everything that can be answered", () => {
  for (const kind of Object.keys(kinds))
    expect([kind, (seen.get(kind) ?? 0) > PLAYS / 4]).toEqual([kind, true]);
});

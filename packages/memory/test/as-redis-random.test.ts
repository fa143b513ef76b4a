import { type RedisServer, startServer } from "@redsync/conformance/servers";
import type { Command, Operation } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Asked, ask, askByDigest } from "./asking.ts";

// Core's script in any order, as many holders and their late messages would have it run: on memory, which the simulation's nodes
// are too, and on a Redis. Numbered, so that a run can be repeated.

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

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
const values = ["one", "two", "three"];

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
    const about = { operation: pick(operations), value: pick(values), name: pick(names), expiry: 60_000 };
    return next() < 0.4 ? about : { ...about, token: token() };
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

/** An answer of core's script: of "taken" whether it has an end. */
const shown = (answer: unknown): unknown =>
  Array.isArray(answer) && answer[1] > 0 ? [answer[0], "for some time"] : answer;

/** Each command with its reply: of an error the first word, of a TTL whether there is one. */
async function replies(send: (command: Command) => Promise<unknown>, commands: readonly Command[]) {
  const told: string[] = [];
  for (const command of commands) {
    const reply = await send(command).catch((error: Error) => `(error) ${error.message.split(" ")[0]}`);
    const isTtl = command[0] === "PTTL" && typeof reply === "number" && reply > 0;
    const [name, , ...args] = command;
    const text = JSON.stringify(Array.isArray(reply) ? reply.map(shown) : reply);
    told.push(`${[name, ...args].join(" ")} → ${isTtl ? "some time" : text}`);
  }
  return told;
}

it.each(Array.from({ length: PLAYS }, (_, at) => at + 1))(
  "replies as Redis does in play %d",
  async (seed) => {
    const commands = play(seed);
    await server.command("FLUSHALL");
    await server.command("SCRIPT", "FLUSH");
    const expected = await replies((command) => server.command(...command), commands);
    const node = memoryNode();
    expect(await replies((command) => node.send(command), commands)).toEqual(expected);
    const called = expected.filter((line) => line.startsWith("EVAL"));
    // Done, taken and absent, and an error in the place of an answer.
    const having = (answer: RegExp) => called.filter((line) => answer.test(line)).length;
    expect(having(/ → \[.*\b1\b/)).toBeGreaterThan(5);
    for (const answer of [/"for some time"/, / → \[.*-1\b/, / → \[.*"(ERR|WRONGTYPE)/])
      expect(having(answer)).toBeGreaterThan(0);
  },
);

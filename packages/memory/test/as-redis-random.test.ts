import { byDigest, callOf } from "@redsync/conformance/questions";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import type { Command, Operation } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { afterAll, beforeAll, expect, it } from "vitest";

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
  const token = () => String(FAR + Math.floor(next() * 20));
  const ask = (name: string): Command[] => {
    const operation = pick(operations);
    const isText = next() < 0.3;
    const how = (call: Command) => (isText ? call : byDigest(call));
    if (next() < 0.4) return [how(callOf({ operation, name, value: pick(values) }, 60_000))];
    const fence = `{${name}}:fence`;
    const question = { operation, name, value: pick(values), fence };
    const command = how(callOf(question, 60_000, Number(token()), 90_000));
    // If there is no fence the clock decides on the first token.
    return operation === "acquire" ? [["SET", fence, token(), "NX"], command] : [command];
  };
  const tamper = (name: string): Command[] =>
    pick<Command[]>([
      [["DEL", name]],
      [["SET", name, pick(values)]],
      [["DEL", `{${name}}:fence`]],
      [["SET", `{${name}}:fence`, pick([token(), "apple", "9007199254740000"])]],
      [["SCRIPT", "FLUSH"]],
    ]);
  return Array.from({ length: LENGTH }, () => pick(names)).flatMap((name) => {
    const commands = next() < 0.15 ? tamper(name) : ask(name);
    return [...commands, ["GET", name], ["GET", `{${name}}:fence`], ["PTTL", name]];
  });
}

/** Each command with its reply: of an error the first word, of a TTL whether there is one. */
async function replies(send: (command: Command) => Promise<unknown>, commands: readonly Command[]) {
  const lines: string[] = [];
  for (const command of commands) {
    const reply = await send(command).catch((error: Error) => `(error) ${error.message.split(" ")[0]}`);
    const isTtl = command[0] === "PTTL" && typeof reply === "number" && reply > 0;
    const [name, , ...args] = command;
    lines.push(`${[name, ...args].join(" ")} → ${isTtl ? "some time" : JSON.stringify(reply)}`);
  }
  return lines;
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
    expect(
      expected.filter((line) => line.startsWith("EVAL") && / → [1-9]/.test(line)).length,
    ).toBeGreaterThan(5);
  },
);

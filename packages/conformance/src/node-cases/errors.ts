import { isA, matches, rejection, same } from "../assert.ts";
import type { Case } from "../harness.ts";
import { nodeCase } from "./node-case.ts";

const UNKNOWN_SCRIPT = "0".repeat(40);

async function messageOf(sending: Promise<unknown>): Promise<string> {
  const error = await rejection(sending);
  isA(error, Error);
  return error.message;
}

/** The contract's sentence 1: a server's error rejects with an `Error` whose message contains the Redis error word. */
export const errors: readonly Case[] = [
  nodeCase("rejects with an Error that says WRONGTYPE, and the command has not run", async (node, key) => {
    const send = (...command: [string, ...string[]]) => node.send(command, { key });
    await send("SET", key, "text");
    matches(await messageOf(send("RPUSH", key, "item")), /^-?WRONGTYPE /);
    same(await send("GET", key), "text");
  }),

  nodeCase("rejects with an Error that says NOSCRIPT", async (node, key) => {
    const calling = node.send(["EVALSHA", UNKNOWN_SCRIPT, "1", key], { key });
    matches(await messageOf(calling), /^-?NOSCRIPT /);
  }),

  nodeCase("rejects with an Error that says ERR for a command that no server knows", async (node, key) => {
    const calling = node.send(["REDSYNC.NONSENSE", key], { key });
    matches(await messageOf(calling), /ERR unknown command/);
  }),

  nodeCase("answers after an error as before", async (node, key) => {
    await node.send(["SET", key, "text"], { key });
    await rejection(node.send(["RPUSH", key, "item"], { key }));
    same(await node.send(["GET", key], { key }), "text");
  }),
];

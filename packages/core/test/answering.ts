import type { Command, RedisNode, Reply } from "../src/index.ts";

/** What a command asks about one name. */
export interface Asked {
  readonly name: string;
  readonly operation: string;
  readonly value: string;
  /** The key of the name's queue, if the question is about that. */
  readonly queue?: string | undefined;
  /** The entry of a waiter in it; empty if there is none. */
  readonly entry?: string | undefined;
}

/** The questions of a command, in their order. */
export function askedBy([, , count, ...args]: Command): readonly Asked[] {
  const keys = args.slice(0, Number(count));
  const rest = args.slice(Number(count));
  const questions: Asked[] = [];
  for (let name = keys.shift(); name !== undefined; name = keys.shift()) {
    if (rest[0] === "fence") {
      rest.splice(0, 3);
      keys.shift();
    }
    const [word, entry] = rest[0] === "queue" ? rest.splice(0, 2) : rest;
    const queue = word === "queue" || word === "pass" ? keys.shift() : undefined;
    const [operation = "", value = ""] = rest.splice(0, 3);
    // A release that enters nobody is written so.
    if (operation === "pass") questions.push({ name, operation: "release", value, queue, entry: "" });
    else questions.push({ name, operation, value, queue, entry: word === "queue" ? entry : undefined });
  }
  return questions;
}

/** The reply to a command in which every question gets the same answer. */
export const replyTo = (command: Command, answer: Reply): Reply => askedBy(command).map(() => answer);

/** "taken", with a second left, by somebody who uses no queue. */
export const TAKEN: Reply = [0, 1_000, 1_700_000_000_000_000, ""];

/** A node that answers every question alike. */
export const answering = (answer: Reply): RedisNode => ({
  send: async (command) => replyTo(command, answer),
});

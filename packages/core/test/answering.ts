import type { Command, RedisNode, Reply } from "../src/index.ts";

/** What a command asks about one name. */
export interface Asked {
  readonly name: string;
  readonly operation: string;
  readonly value: string;
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
    const [operation = "", value = ""] = rest.splice(0, 3);
    questions.push({ name, operation, value });
  }
  return questions;
}

/** The reply to a command in which every question gets the same answer. */
export const replyTo = (command: Command, answer: Reply): Reply => askedBy(command).map(() => answer);

/** "taken", for a second yet. */
export const TAKEN: Reply = [0, 1_000];

/** A node that answers every question alike. */
export const answering = (answer: Reply): RedisNode => ({
  send: async (command) => replyTo(command, answer),
});

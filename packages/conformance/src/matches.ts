import type { Command, Operation } from "@redsync/core";
import { type Question, questionsOf } from "./questions.ts";

/** Says which commands are meant. */
export type Match = (command: Command) => boolean;

/** Matches commands that begin with these words: `beginning("EVALSHA", sha)` is one script, whatever its keys. */
export function beginning(...words: Command): Match {
  return (command) => words.every((word, index) => command[index] === word);
}

/** Matches the first `count` commands (default 1) that `match` matches (default all), and none after them. */
export function first(match: Match = () => true, count: number = 1): Match {
  let left = count;
  return (command) => left > 0 && match(command) && left-- > 0;
}

/** Matches commands that ask core's script a question of this kind, maybe among others. */
export function asking(isMeant: (question: Question) => boolean): Match {
  return (command) => questionsOf(command).some(isMeant);
}

/** Matches the calls of core's script for one of its operations. */
export function calling(operation: Operation): Match {
  return asking((question) => question.operation === operation);
}

/** Matches the calls of core's script for this name. */
export function naming(name: string): Match {
  return asking((question) => question.name === name);
}

/** Matches the calls of core's script about a name and its fence. */
export const withFence: Match = asking(({ fence }) => fence !== undefined);

import { type Command, type Operation, type Reply, script } from "@redsync/core";

/** What a command asks of a node, about one name and one value. */
export interface Question {
  readonly operation: Operation;
  readonly name: string;
  readonly value: string;
}

/** What a command asks, in the order of its answers. Nothing else here knows how core writes its questions down. */
export function questionsOf([, id, keys, ...args]: Command): readonly Question[] {
  if (id !== script.sha1 && id !== script.lua) throw new Error(`no script of ours: ${id}`);
  const [value = "", operation] = args.slice(Number(keys));
  return [{ operation: operation as Operation, name: args[0] ?? "", value }];
}

/** The answers in a reply, one for each question. */
export function answersOf(reply: Reply, questions: readonly Question[]): readonly number[] {
  const answers = Array.isArray(reply) ? reply : [reply];
  if (answers.length === questions.length) return answers;
  throw new Error(`${answers.length} answers to ${questions.length} questions`);
}

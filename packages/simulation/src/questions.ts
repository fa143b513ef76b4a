import { type Command, type Operation, type Reply, script } from "@redsync/core";

/** What a command asks of a node, about one name and one value. */
export interface Question {
  readonly operation: Operation;
  readonly name: string;
  readonly value: string;
  /** In milliseconds. */
  readonly expiry: number;
  /** The waiter that it may enter into the name's queue, if the question is about that. */
  readonly entry: Entry | undefined;
  /** Whether it is about the name's queue. */
  readonly hasQueue: boolean;
}

/** A waiter, as its process wants it in the name's queue on a node. */
interface Entry {
  readonly id: string;
  /** In microseconds of the nodes' clock: when it began to wait. */
  readonly score: number;
  /** For how long it has waited, in microseconds of its process. */
  readonly waited: number;
  /** Only behind others: its attempt is undone. */
  readonly isLater: boolean;
}

/** The answer to one question: 1 or a token, 0 for "taken", -1 for "absent"; or its own error. */
export type Answer = number | Error;

/** What a command asks, in the order of its answers. Nothing else here knows how core writes its questions down. */
export function questionsOf([, id, count, ...rest]: Command): readonly Question[] {
  if (id !== script.sha1 && id !== script.lua) throw new Error(`no script of ours: ${id}`);
  const keys = rest.slice(0, Number(count));
  const args = rest.slice(Number(count));
  const questions: Question[] = [];
  while (keys.length > 0) {
    const name = keys.shift() as string;
    // A fence's key, its token and its own expiry.
    if (args[0] === "fence") {
      keys.shift();
      args.splice(0, 3);
    }
    const [, text = ""] = args[0] === "queue" ? args.splice(0, 2) : [];
    const entry = entryOf(text);
    // A release that enters nobody is written so.
    const isPass = args[0] === "pass";
    const hasQueue = isPass || entry !== undefined;
    if (hasQueue) keys.shift();
    const [word, value = "", expiry] = args.splice(0, 3);
    const operation = isPass ? "release" : word;
    questions.push({
      operation: operation as Operation,
      name,
      value,
      expiry: Number(expiry),
      hasQueue,
      entry,
    });
  }
  return questions;
}

/** The answers in a reply, one for each question. */
export function answersOf(reply: Reply, questions: readonly Question[]): readonly Answer[] {
  const answers = Array.isArray(reply) ? (reply as readonly Reply[]) : [reply];
  if (answers.length !== questions.length)
    throw new Error(`${answers.length} answers to ${questions.length} questions`);
  return answers.map((answer) => {
    if (Array.isArray(answer)) return Number(answer[0]);
    return typeof answer === "number" ? answer : new Error(String(answer));
  });
}

/** Whether a value is a waiter's id: to release it is to leave the queue. */
export function isId(value: string): boolean {
  return value.startsWith("~");
}

function entryOf(text: string): Entry | undefined {
  const [, plus, score, waited, id] = /^(\+?)(\d+) (\d+) (.+)$/s.exec(text) ?? [];
  return id === undefined
    ? undefined
    : { id, score: Number(score), waited: Number(waited), isLater: plus === "+" };
}

import { type Command, type Operation, script } from "@redsync/core";

/** What core's script is asked about a name. */
export interface Question {
  readonly operation: Operation;
  readonly name: string;
  readonly value: string;
  /** The key of the name's fence, with fencing. */
  readonly fence?: string;
}

/**
 * The questions of a command, in their order: none if it does not call core's script, by digest or by text.
 *
 * Beside `callOf`, the only place that knows how core writes them, so that no test has to change with that.
 */
export function questionsOf([word, called, ...args]: Command): readonly Question[] {
  const isCall = (word === "EVALSHA" && called === script.sha1) || (word === "EVAL" && called === script.lua);
  if (!isCall) return [];
  const [count, ...rest] = args;
  const keys = rest.slice(0, Number(count));
  const values = rest.slice(Number(count));
  const questions: Question[] = [];
  while (keys.length > 0) {
    const name = keys.shift() as string;
    const isFenced = values[0] === "fence";
    const fence = isFenced ? (keys.shift() as string) : undefined;
    if (isFenced) values.splice(0, 3);
    const [operation, value = ""] = values.splice(0, 3);
    questions.push({
      operation: operation as Operation,
      name,
      value,
      ...(fence === undefined ? {} : { fence }),
    });
  }
  return questions;
}

/**
 * A call of core's script by its text, as core would write it.
 *
 * The numbers are those that the operation takes: the expiry, and with a fence the token and the fence's own expiry.
 */
export function callOf(
  { operation, name, value, fence }: Question,
  expiry: number = 0,
  token: number = 0,
  retention: number = 0,
): Command {
  const about = [operation, value, `${expiry}`];
  if (fence === undefined) return ["EVAL", script.lua, "1", name, ...about];
  return ["EVAL", script.lua, "2", name, fence, "fence", `${token}`, `${retention}`, ...about];
}

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
  const [keys, ...rest] = args;
  const values = rest.slice(Number(keys));
  const [name = "", fence] = rest.slice(0, Number(keys));
  const [value = "", operation] = values;
  return [{ operation: operation as Operation, name, value, ...(fence === undefined ? {} : { fence }) }];
}

/**
 * A call of core's script by its text, as core would write it.
 *
 * The numbers are those that the operation takes: the expiry, and with a fence the token and the fence's own expiry.
 */
export function callOf({ operation, name, value, fence }: Question, ...numbers: readonly number[]): Command {
  const keys = fence === undefined ? [name] : [name, fence];
  return ["EVAL", script.lua, `${keys.length}`, ...keys, value, operation, ...numbers.map(String)];
}

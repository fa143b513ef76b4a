import { type Command, type Operation, script } from "@redsync/core";

/** What core's script is asked about a name. */
export interface Asked {
  readonly operation: Operation;
  readonly value: string;
  /** Default: "k". */
  readonly name?: string;
  /** Default: 50 min, so that no play, however slow, sees one end, or another one in what is told of it. */
  readonly expiry?: number;
  /** With a fence: its token. The fence is "f" for "k", and else the name's own. */
  readonly token?: number;
  /** If the question is about the queue: an entry, or nothing. The queue is "q" for "k", and else the name's own. */
  readonly entry?: string;
}

/** An hour before the tests: the scores of waiters are about it. */
export const BASE = (Date.now() - 3_600_000) * 1_000;

/** What is replaced, in a command that is sent, by for how long somebody has waited who came at `BASE`. */
const WAITED = "<waited>";

/** One that waits: its id, and its entry, by so many microseconds after `BASE`. */
export const waiterOf = (kind: string, channel: string, number: number, span = 3_000_000, name = "k") =>
  `~${kind}${channel}:${number}:${span}:${name}`;
export const entryOf = (id: string, at: number): string => `${BASE + at} ${WAITED} ${id}`;

/** The command as it is sent now. */
export const presently = ([name, ...args]: Command): Command => [
  name,
  ...args.map((text) => (text.length < 1_000 ? text.replace(WAITED, `${Date.now() * 1_000 - BASE}`) : text)),
];

/** How long a fence is kept, in ms. */
export const RETENTION = 36_000_000;

export const queueOf = (name: string): string => (name === "k" ? "q" : `{${name}}:queue`);

const fenceOf = (name: string): string => (name === "k" ? "f" : `{${name}}:fence`);

function argsOf(questions: readonly Asked[]): string[] {
  const keys: string[] = [];
  const args: string[] = [];
  for (const { operation, value, name = "k", expiry = 3_000_000, token, entry } of questions) {
    keys.push(name);
    if (token !== undefined) {
      keys.push(fenceOf(name));
      args.push("fence", `${token}`, `${RETENTION}`);
    }
    if (entry !== undefined) {
      keys.push(queueOf(name));
      args.push("queue", entry);
    }
    args.push(operation, value, `${expiry}`);
  }
  return [`${keys.length}`, ...keys, ...args];
}

/** One command with these questions, by the script's text. */
export const ask = (...questions: readonly Asked[]): Command => ["EVAL", script.lua, ...argsOf(questions)];

/** The same by its digest. */
export const askByDigest = (...questions: readonly Asked[]): Command => [
  "EVALSHA",
  script.sha1,
  ...argsOf(questions),
];

import { type Command, type Operation, script } from "@redsync/core";

/** What core's script is asked about a name. */
export interface Asked {
  readonly operation: Operation;
  readonly value: string;
  /** Default: "k". */
  readonly name?: string;
  /** Default: 50 s. */
  readonly expiry?: number;
  /** With a fence: its token. The fence is "f" for "k", and else the name's own. */
  readonly token?: number;
}

/** How long a fence is kept, in ms. */
export const RETENTION = 600_000;

const fenceOf = (name: string): string => (name === "k" ? "f" : `{${name}}:fence`);

function argsOf(questions: readonly Asked[]): string[] {
  const keys: string[] = [];
  const args: string[] = [];
  for (const { operation, value, name = "k", expiry = 50_000, token } of questions) {
    keys.push(name);
    if (token !== undefined) {
      keys.push(fenceOf(name));
      args.push("fence", `${token}`, `${RETENTION}`);
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

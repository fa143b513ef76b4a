import type { Command, Reply, SendOptions } from "./node.ts";
import type { Target } from "./nodes.ts";
import type { Answer } from "./quorum.ts";
import type { Question } from "./round.ts";
import { script } from "./script.ts";

/** A question about the value of a name, which is one of the target's, by the script's digest. */
export function byDigest(
  { names, fences, expiry, fenceRetention }: Target,
  of: number,
  value: string,
  { operation, token }: Question,
): Command {
  const name = names[of] as string;
  const fence = fences?.[of];
  if (fence === undefined || token === undefined)
    return ["EVALSHA", script.sha1, "1", name, value, operation, String(expiry)];
  const retention = String(fenceRetention);
  return [
    "EVALSHA",
    script.sha1,
    "2",
    name,
    fence,
    value,
    operation,
    String(expiry),
    String(token),
    retention,
  ];
}

/** The same with the script's text, for a server that does not have it. */
export function byText([, , ...args]: Command): Command {
  return ["EVAL", script.lua, ...args];
}

/** How the commands of a round are sent. The signal is made only for a client that looks at it: most cannot use one. */
export class Delivery implements SendOptions {
  readonly key: string;
  #controller: AbortController | undefined;

  constructor(key: string) {
    this.key = key;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Tells the client that nobody waits any more. */
  abort(): void {
    this.#controller?.abort();
  }
}

/** The meaning of the script's reply, which may be a token. Throws a TypeError where it is none that it gives. */
export function meaningOf(reply: Reply): Answer {
  if (reply === 0) return "taken";
  if (reply === -1) return "absent";
  if (Number.isSafeInteger(reply) && Number(reply) > 0) return "granted";
  throw new TypeError(`unknown reply of type ${typeof reply}`);
}
